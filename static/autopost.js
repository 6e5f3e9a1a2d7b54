// Sends the form at once; without this script the person presses its button.
document.getElementById("autopost").submit();
