// Keeps a page that says what is going on up to date: the server tells that something happened, and the page is asked for once more.
import { setClock, tick } from "./clocks.js";
import { morph } from "./morph.js";

/** Not more often than this, however much happens; and not all viewers at once. */
const pause = () => 350 + Math.random() * 400;

// Pages of ours, from the same address, are all that is ever read as HTML here.
const policy = window.trustedTypes?.createPolicy("wercker-dashboard", { createHTML: page => page }) ?? { createHTML: page => page };

export function follow(live, log) {
    const state = document.getElementById("live-state");
    const announce = document.getElementById("announce");
    const source = new EventSource(`${live.dataset.live}?after=${encodeURIComponent(log?.cursor || live.dataset.cursor)}`);
    let timer = 0;
    let isBusy = false;
    let again = false;
    let hasEnded = false;

    const say = text => {
        if (state && state.textContent !== text) {
            state.textContent = text;
        }
    };

    const close = text => {
        hasEnded = true;
        source.close();
        say(text);
    };

    function schedule() {
        timer ||= setTimeout(refresh, pause());
    }

    async function refresh() {
        timer = 0;
        if (isBusy) {
            again = true;
            return;
        }

        isBusy = true;
        try {
            const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" }, cache: "no-store", credentials: "same-origin" });
            if (answer.redirected || answer.status === 401 || answer.status === 403) {
                close("Not live any more: sign in again and reload.");
            } else if (answer.ok) {
                show(new DOMParser().parseFromString(policy.createHTML(await answer.text()), "text/html"));
            } else {
                throw new Error(`Status ${answer.status}`);
            }
        } catch {
            say("Not live: the server does not answer. Trying again.");
            schedule();
        } finally {
            isBusy = false;
            if (again) {
                again = false;
                schedule();
            }
        }
    }

    function show(fresh) {
        setClock(fresh.body.dataset.now);
        for (const part of document.querySelectorAll("[data-part]")) {
            const other = fresh.querySelector(`[data-part="${part.dataset.part}"]`);
            if (other) {
                morph(part, other);
            }
        }

        tick();
        document.title = fresh.title;
        const news = fresh.getElementById("announce")?.dataset.news ?? "";
        if (announce && news && announce.dataset.news !== news) {
            announce.dataset.news = news;
            announce.textContent = news;
        }

        if (!fresh.querySelector("[data-live]") && log?.isClosed !== false) {
            close("");
        }
    }

    const on = (kind, act) => source.addEventListener(kind, message => act(JSON.parse(message.data)));
    on("event", schedule);
    on("log", lines => log?.append(lines));
    on("gap", lines => log?.leaveOut(lines));
    on("reload", () => location.reload());
    on("end", () => {
        log?.end();
        close("");
        schedule();
    });
    source.addEventListener("open", () => say("Live"));
    source.addEventListener("error", () => {
        if (!hasEnded) {
            say(source.readyState === EventSource.CLOSED ? "Not live any more: reload the page." : "Not live: connecting again.");
        }
    });
    window.addEventListener("pagehide", () => source.close());
    schedule(); // What happened between the page and this.
}
