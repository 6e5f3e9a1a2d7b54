# Signing in with a credential of the help desk, activating it, and keeping it; letters and mails about it.
mail-issued-subject = Vaši podatki za dostop: drugi del kode
mail-issued-text = Zahteva { $number } je odobrena.¶Drugi del aktivacijske kode: { $part }¶Prvi del je v pismu. Koda velja do { $until }. Za aktivacijo vpišite številko zahteve in oba dela kode na tej strani: { $activate }¶Potrdite, da je ta naslov vaš: { $confirm }¶Niste ničesar zahtevali? Odprite to povezavo in dostop bo takoj blokiran: { $notme }
mail-notice-subject = Izdani so podatki za dostop
mail-notice-text = Za zahtevo { $number }, v kateri je naveden ta stik, so bili izdani podatki za dostop. Če o tem ne veste ničesar, obvestite okence.
mail-activated-subject = Vaši podatki za dostop so aktivni
mail-activated-text = Podatki za dostop iz zahteve { $number } so bili pravkar aktivirani. Če to niste bili vi, odprite povezavo »to nisem bil jaz« iz prejšnjega sporočila ali takoj obvestite okence.
mail-reminder-subject = Vaši podatki za dostop bodo kmalu potekli
mail-reminder-text = Podatki za dostop iz zahteve { $number } veljajo do { $last }, še { $days } dni. Za podaljšanje pridite k okencu z veljavnim dokumentom.
