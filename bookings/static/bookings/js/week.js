// The coach's week by hand: drag a call or blocked time, pull an edge of blocked time, mark an empty stretch; the same
// by keyboard. Nothing is saved here: a drop leads to the page or form that says what stands in the way. All times are
// what the coach's clock shows, counted in minutes as if it were UTC, so that no time zone plays a part.
const grid = document.querySelector("[data-week]");
const words = document.querySelector("[data-words]")?.dataset;
const QUARTER = 15, DAY = 1440, FAR = 5;

if (grid && words) start();

function start() {
  const columns = [...grid.querySelectorAll(".week-day")];
  const first = Number(grid.dataset.first) * QUARTER, rows = Number(grid.dataset.rows);
  const status = document.querySelector("[data-say]"), form = document.querySelector("[data-move-block]");
  const choice = document.querySelector("[data-choice]");
  let drag = null, pending = null, hasDragged = false;

  // ---- clocks and words
  const minutes = (wall) => Date.parse(`${wall}Z`) / 60000;
  const wall = (at) => new Date(at * 60000).toISOString().slice(0, 16);
  const clock = (at) => wall(at).slice(11);
  const dayOf = (column) => minutes(`${column.dataset.on}T00:00`);
  const columnOf = (at) => columns.find((one) => one.dataset.on === wall(at).slice(0, 10));
  const names = new Intl.DateTimeFormat(document.documentElement.lang, {
    weekday: "long", day: "numeric", month: "long", timeZone: "UTC",
  });
  const nameOf = (at) => columnOf(at)?.dataset.name || names.format(at * 60000);
  const filled = (text, facts) => text.replace(/\{(\w+)\}/g, (_all, name) => facts[name]);
  const say = (text) => { status.textContent = text; };

  function span({ from, until }) {
    const isOneDay = wall(from).slice(0, 10) === wall(until - 1).slice(0, 10);
    if (isOneDay) return filled(words.span, { day: nameOf(from), start: clock(from), end: clock(until) });
    return filled(words.over, { start: `${nameOf(from)} ${clock(from)}`, end: `${nameOf(until)} ${clock(until)}` });
  }

  // ---- the ghost
  function clear() {
    grid.querySelectorAll(".drag-ghost").forEach((one) => one.remove());
    grid.querySelectorAll(".is-lifted").forEach((one) => one.classList.remove("is-lifted"));
  }

  function draw(place, item) {
    clear();
    item?.classList.add("is-lifted");
    let label = filled(words.over, { start: clock(place.from), end: clock(place.until) }); // the head says the day
    for (const column of columns) {
      const top = dayOf(column) + first, bottom = top + rows * QUARTER;
      const from = Math.max(place.from, top), until = Math.min(place.until, bottom);
      if (from >= until) continue;
      const row = Math.floor((from - top) / QUARTER), last = Math.ceil((until - top) / QUARTER);
      const ghost = document.createElement("div");
      ghost.className = `drag-ghost starts-${row + 1} lasts-${last - row}`;
      ghost.setAttribute("aria-hidden", "true");
      ghost.textContent = label;
      label = "";
      column.append(ghost);
    }
  }

  // ---- carrying out
  const isSame = (place, item) => wall(place.from) === item.dataset.start && wall(place.until) === item.dataset.end;

  function drop(item, place) {
    if (isSame(place, item)) return reset("");
    if (item.dataset.move === "call") {
      const [on, at] = wall(place.from).split("T");
      return location.assign(`${item.dataset.url}&on=${on}&at=${at}`);
    }
    form.action = item.dataset.url;
    form.elements.start.value = wall(place.from);
    form.elements.end.value = wall(place.until);
    form.elements.seen_start.value = item.dataset.seenStart;
    form.elements.seen_end.value = item.dataset.seenEnd;
    form.submit();
  }

  function reset(text) {
    pending = drag = null;
    grid.classList.remove("is-dragging");
    clear();
    say(text);
  }

  function ask(column, place) {
    const [from, until] = [clock(place.from), clock(place.until)];
    const paths = {
      new: column.dataset.new && `${column.dataset.new}&at=${from}`,
      block: column.dataset.block && `${column.dataset.block}&from=${from}&until=${until}`,
    };
    if (!paths.new || !paths.block) return location.assign(paths.new || paths.block);
    draw(place);
    choice.querySelector("[data-choice-when]").textContent = span(place);
    choice.querySelector("[data-choice-new]").href = paths.new;
    choice.querySelector("[data-choice-block]").href = paths.block;
    choice.showModal();
  }

  // ---- by mouse and touch
  function under(event) {
    const boxes = columns.map((one) => one.getBoundingClientRect());
    let at = boxes.findIndex((box) => event.clientX < box.right);
    if (at < 0) at = columns.length - 1;
    const row = Math.floor((event.clientY - boxes[at].top) / (boxes[at].height / rows));
    return { column: columns[at], at: dayOf(columns[at]) + first + Math.min(Math.max(row, 0), rows - 1) * QUARTER };
  }

  function lift(event) {
    hasDragged = false;
    if (event.button || event.target.closest(".event-actions")) return;
    const item = event.target.closest("[data-move], [data-fixed]");
    const hand = event.target.closest(".drag-grip, .drag-edge");
    if (event.pointerType === "touch" && !hand) return; // a finger scrolls; the grip is there to drag by
    const found = under(event);
    if (!item && (!event.target.closest(".week-day") || event.target.closest(".week-event"))) return;
    if (!item && !(found.column.dataset.new || found.column.dataset.block)) return;
    const edge = hand?.classList.contains("drag-edge") ? (hand.classList.contains("is-top") ? "from" : "until") : "";
    const at = { x: event.clientX, y: event.clientY, id: event.pointerId };
    drag = { item, edge, ...found, ...at, isMoving: false, place: null };
  }

  function pull(event) {
    if (!drag || event.pointerId !== drag.id) return;
    if (!drag.isMoving) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
      hasDragged = true;
      if (drag.item?.dataset.fixed) return reset(drag.item.dataset.fixed);
      drag.isMoving = true;
      grid.setPointerCapture(event.pointerId);
      grid.classList.add("is-dragging");
    }
    drag.place = placeAt(under(event));
    draw(drag.place, drag.item);
    say(span(drag.place));
  }

  function placeAt(found) {
    if (!drag.item) {
      const at = found.column === drag.column ? found.at : found.at - dayOf(found.column) + dayOf(drag.column);
      return { from: Math.min(drag.at, at), until: Math.max(drag.at, at) + QUARTER };
    }
    const from = minutes(drag.item.dataset.start), until = minutes(drag.item.dataset.end);
    if (drag.edge === "from") return { from: Math.min(found.at, until - QUARTER), until };
    if (drag.edge) return { from, until: Math.max(found.at + QUARTER, from + QUARTER) };
    const by = found.at - drag.at;
    return { from: from + by, until: until + by };
  }

  function release(event) {
    if (!drag || event.pointerId !== drag.id) return;
    if (drag.isMoving) pull(event); // the last moves of a quick hand may not have been told
    const { item, column, place, isMoving } = drag;
    drag = null;
    grid.classList.remove("is-dragging");
    if (!isMoving || !place) return;
    if (item) drop(item, place);
    else ask(column, place);
  }

  function click(event) {
    if (hasDragged) { hasDragged = false; event.preventDefault(); event.stopPropagation(); return; }
    const half = event.target.closest(".week-empty");
    if (!half || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const column = half.closest(".week-day"), from = minutes(`${column.dataset.on}T${half.dataset.clock}`);
    ask(column, { from, until: from + Number(grid.dataset.length) });
  }

  // ---- by keyboard
  function press(event) {
    if (drag && event.key === "Escape") return reset(words.back);
    const item = event.target.closest("[data-move], [data-fixed]");
    if (!item) return;
    if (pending && event.key === "Escape") { event.preventDefault(); return reset(words.back); }
    if (pending && event.key === "Enter") { event.preventDefault(); return drop(pending.item, pending.place); }
    if (!event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (item.dataset.fixed) return say(item.dataset.fixed);
    const now = pending?.place || { from: minutes(item.dataset.start), until: minutes(item.dataset.end) };
    const place = stepped(item, now, event.key, event.shiftKey);
    if (typeof place === "string") return say(place);
    pending = { item, place };
    draw(place, item);
    say(filled(words.pending, { span: span(place) }));
  }

  function stepped(item, { from, until }, key, isResize) {
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const at = columns.indexOf(columnOf(from) || item.closest(".week-day"));
      const to = columns[at + (key === "ArrowLeft" ? -1 : 1)];
      if (isResize || !to) return isResize ? words.one : words.edge;
      const by = dayOf(to) - dayOf(columns[at]);
      return { from: from + by, until: until + by };
    }
    const by = key === "ArrowUp" ? -QUARTER : QUARTER;
    if (isResize && item.dataset.move === "call") return words.one;
    const place = { from: isResize ? from : from + by, until: until + by };
    if (place.until - place.from < QUARTER) return words.short;
    const top = Math.floor(from / DAY) * DAY + first;
    const bottom = Math.floor((until - 1) / DAY) * DAY + first + rows * QUARTER;
    return (by < 0 && !isResize && place.from < top) || (by > 0 && place.until > bottom) ? words.edge : place;
  }

  // ---- what can be taken hold of
  function addHands(item) {
    const column = item.closest(".week-day");
    item.setAttribute("draggable", "false");
    item.querySelectorAll("a").forEach((link) => link.setAttribute("draggable", "false"));
    const focused = item.matches("a, button") ? item : item.querySelector("a");
    focused?.setAttribute("aria-keyshortcuts", "Alt+ArrowUp Alt+ArrowDown Alt+ArrowLeft Alt+ArrowRight");
    const hand = (name) => {
      const made = document.createElement("span");
      made.className = name;
      made.setAttribute("aria-hidden", "true");
      item.append(made);
    };
    hand("drag-grip");
    if (item.dataset.move !== "block") return;
    if (!column) return; // what lasts all day has no edge to pull
    if (columnOf(minutes(item.dataset.start)) === column) hand("drag-edge is-top");
    if (columnOf(minutes(item.dataset.end) - 1) === column) hand("drag-edge");
  }

  grid.classList.add("is-live");
  grid.querySelectorAll("[data-move]").forEach(addHands);
  document.querySelector("[data-keys]").hidden = false;
  grid.addEventListener("pointerdown", lift);
  grid.addEventListener("pointermove", pull);
  grid.addEventListener("pointerup", release);
  grid.addEventListener("pointercancel", () => drag && reset(""));
  grid.addEventListener("dragstart", (event) => event.preventDefault());
  grid.addEventListener("click", click, true);
  document.addEventListener("keydown", press);
  grid.addEventListener("focusout", () => pending && reset(""));
  choice.addEventListener("close", () => reset(""));
  addEventListener("pageshow", (event) => event.persisted && reset(""));
}
