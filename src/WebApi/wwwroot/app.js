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
};
