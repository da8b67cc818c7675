// The address says what is shown, so that a link leads back to it: #tied/z1-w@7, #figure-11@40. Before the @ stands the id
// of an element, after it what of that.
const address = (() => {
  let timer = 0;
  return {
    read() {
      clearTimeout(timer); // what was to be written is of before
      let hash = "";
      try {
        hash = decodeURI(location.hash.slice(1));
      } catch {} // a % that begins no character
      const at = hash.lastIndexOf("@");
      return at < 0 || document.getElementById(hash) ? [hash] : [hash.slice(0, at), hash.slice(at + 1)]; // an id may have one too
    },
    // Nothing is added to the history; and browsers allow some hundred changes in half a minute, so that it waits.
    write(id, state) {
      clearTimeout(timer);
      timer = setTimeout(() => history.replaceState(null, "", "#" + encodeURI(id) + (state ? "@" + state : "")), 200);
    },
  };
})();
