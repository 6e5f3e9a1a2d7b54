// Goes on as soon as every frame has loaded: the page's own load waits for them. Without this script
// the header does so after a few seconds, or the person presses the button.
addEventListener("load", () => {
  location.replace(document.getElementById("onward").href);
});
