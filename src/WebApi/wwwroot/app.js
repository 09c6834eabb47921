// What pages need of the browser itself.
window.limocha = {
  // Where the device is (WGS-84), or why that cannot be told.
  position: () => new Promise(resolve => {
    const none = problem => resolve({ latitude: 0, longitude: 0, accuracy: 0, problem });
    if (!navigator.geolocation) {
      none("unsupported");
      return;
    }
    navigator.geolocation.getCurrentPosition(
      found => resolve({ latitude: found.coords.latitude, longitude: found.coords.longitude, accuracy: found.coords.accuracy, problem: null }),
      error => none(error.message || "unavailable"),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 10000 });
  }),
  // A place to sign in with finger, pen or mouse.
  draw: canvas => {
    const pen = canvas.getContext("2d");
    Object.assign(pen, { lineWidth: 3, lineCap: "round", lineJoin: "round", strokeStyle: "#22302a" });
    pen.clearRect(0, 0, canvas.width, canvas.height);
    canvas.dataset.drawn = "";
    const at = event => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    };
    canvas.onpointerdown = event => { canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...at(event)); canvas.dataset.drawn = "yes"; };
    canvas.onpointermove = event => { if (event.buttons) { pen.lineTo(...at(event)); pen.stroke(); } };
  },
  // What was drawn, as the base64 of a PNG; null when nothing was.
  drawing: canvas => canvas.dataset.drawn ? canvas.toDataURL("image/png").split(",")[1] : null,
};

// A page whose connection is away tries for as long as it is open: a board on a wall has nobody to press a button.
const connection = document.getElementById("connection");
const failed = document.getElementById("blazor-error-ui");
const again = 2000;
let begun = false, away = false;
Blazor.start({
  circuit: {
    circuitHandlers: [{ onCircuitOpened: () => { begun = true; } }],
    reconnectionOptions: { dialogId: connection.id, maxRetries: Infinity, retryIntervalMilliseconds: attempt => Math.min(attempt * 500, again) },
  },
});
connection.addEventListener("components-reconnect-state-changed", ({ detail }) => {
  away = detail.state !== "hide";
  // The server is back and does not know the page any more, so it begins anew.
  if (detail.state === "rejected") {
    location.reload();
  }
});
// Without a connection to begin with there is nothing on the page: it is asked for again.
const askAgain = () => {
  connection.classList.add("components-reconnect-show");
  setTimeout(() => location.reload(), again);
};
window.addEventListener("unhandledrejection", ({ reason }) => {
  if (reason?.errorType === "FailedToNegotiateWithServerError") {
    askAgain();
  }
});
// Blazor calls it a failure of the page too when a socket breaks before it is one; that is a connection which is away.
new MutationObserver(() => {
  if (failed.style.display === "none" || (begun && !away)) {
    return;
  }
  failed.style.display = "none";
  if (!begun) {
    askAgain();
  }
}).observe(failed, { attributes: true, attributeFilter: ["style"] });
