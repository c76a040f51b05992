// Show the times by the clock of this device, once, when nobody chose a zone. Without JavaScript there is a page to
// choose one.
const form = document.querySelector("[data-zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (form && here && here.includes("/") && here !== form.dataset.zone) {
  const address = new URL(location.href);
  if (!address.searchParams.has("zone")) {
    address.searchParams.set("zone", here);
    location.replace(address);
  }
}
