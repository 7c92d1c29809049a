// Times that move: how long something takes, and how long is left. Hidden from screen readers, which would hear every second.

const words = seconds => {
    const whole = Math.max(0, Math.floor(seconds));
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = number => String(number).padStart(2, "0");
    return hours > 0 ? `${hours} h ${two(minutes)} min` : minutes > 0 ? `${minutes} min ${two(rest)} s` : `${rest} s`;
};

/** The server's clock: people's own may be wrong. */
let ahead = 0;

export function setClock(now) {
    const time = Date.parse(now ?? "");
    ahead = Number.isNaN(time) ? 0 : time - Date.now();
}

/** Also after a part of the page has come anew. */
export function tick() {
    const now = Date.now() + ahead;
    for (const clock of document.querySelectorAll("[data-since],[data-until]")) {
        const { since, until } = clock.dataset;
        const text = until ? words((Date.parse(until) - now) / 1000) : words((now - Date.parse(since)) / 1000);
        if (clock.textContent !== text) {
            clock.textContent = text;
        }
    }
}

export function startClocks() {
    tick();
    setInterval(tick, 1000);
}
