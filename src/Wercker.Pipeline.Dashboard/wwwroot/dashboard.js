// What every page has. Without it all pages work; only what moves by itself stands still.
import { setClock, startClocks } from "./clocks.js";
import { follow } from "./live.js";
import { openLog } from "./log.js";

setClock(document.body.dataset.now);
startClocks();

// A form that is sent twice would do twice what it does.
document.addEventListener("submit", event => {
    if (event.target.dataset.sent) {
        event.preventDefault();
    } else if (event.target.method === "post") {
        event.target.dataset.sent = "yes";
        event.target.setAttribute("aria-busy", "true");
    }
});

// Who comes back with the browser's button may send it again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(form => {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
}));

const log = await openLog(document.querySelector("[data-log]"));
const live = document.querySelector("[data-live]");
if (live) {
    follow(live, log);
}
