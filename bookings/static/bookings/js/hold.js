// Count down the time that is held, and say aloud when five minutes and one minute are left. The server decides.
// The clock of this device may be wrong, so only how long the page is open is asked of it. That is counted twice:
// one clock stands still while a device sleeps, the other jumps back when it is set right.
const timer = document.querySelector("[data-hold]");
const left = timer?.querySelector("[data-hold-left]");
const status = document.querySelector("[data-hold-status]");
const opened = Date.now() - performance.now();
const said = new Set();

function say(words) {
  if (!status || !words || said.has(words)) return;
  said.add(words);
  status.textContent = words;
}

function show() {
  const passed = Math.max(performance.now(), Date.now() - opened);
  const minutes = Math.ceil((timer.dataset.seconds * 1000 - passed) / 60000);
  if (minutes <= 0) {
    const words = status?.dataset.zero;
    if (words && left.isConnected) left.parentElement.textContent = words;
    say(words);
    clearInterval(clock);
    return;
  }
  left.textContent = minutes === 1 ? timer.dataset.one : timer.dataset.many.replace("{n}", minutes);
  if (minutes === 5) say(status?.dataset.five);
  if (minutes === 1) say(status?.dataset.one);
}

const clock = left ? setInterval(show, 1000) : 0;
if (left) {
  addEventListener("pageshow", show);
  document.addEventListener("visibilitychange", show);
  show();
}
