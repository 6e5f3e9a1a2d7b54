// Goes on by itself, once: whoever comes back by the back button finds the page and its links as they
// are. Without this script the person presses the button.
addEventListener("load", () => {
  if (history.state === "left") return;
  history.replaceState("left", "");
  const onward = document.getElementById("onward");
  if (onward.href) location.assign(onward.href);
  else onward.submit();
});
