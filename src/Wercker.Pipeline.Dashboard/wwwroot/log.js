// The log as a window over its lines: however long it is, the page holds some hundreds of rows, and asks for more where they are looked for.
import { rowOf } from "./rows.js";

const most = 1200;
const chunk = 300;
const near = 400;

export async function openLog(card) {
    if (!card) {
        return null;
    }

    const log = new Log(card);
    await log.open();
    return log;
}

class Log {
    constructor(card) {
        this.card = card;
        this.view = card.querySelector(".log");
        this.list = card.querySelector(".log ol");
        this.state = card.querySelector("[data-log-state]");
        this.cursor = card.dataset.cursor ?? "";
        this.isClosed = card.dataset.closed === "yes";
        this.isFollowing = false;
        this.isLoading = false;
        this.isLate = false;
        this.pending = [];
        this.firstError = Number(card.dataset.error) || 0;
        this.buttons = Object.fromEntries([...card.querySelectorAll("[data-do]")].map(button => [button.dataset.do, button]));
        this.numbers = { first: Number(card.dataset.first) || 0, last: Number(card.dataset.last) || 0, total: Number(card.dataset.total) || 0 };
    }

    async open() {
        const { first, last, end, follow, error } = this.buttons;
        first?.addEventListener("click", () => this.jump(1));
        last?.addEventListener("click", () => this.toEnd());
        end?.addEventListener("click", () => this.toEnd());
        follow?.addEventListener("click", () => this.isFollowing ? this.pause() : this.toEnd(true));
        error?.addEventListener("click", () => this.jump(this.firstError, true));
        this.card.querySelector("form[data-goto]")?.addEventListener("submit", event => {
            event.preventDefault();
            this.jump(Number(new FormData(event.target).get("line")) || 1, true);
        });
        this.view.addEventListener("scroll", () => this.scrolled(), { passive: true });
        if (this.numbers.total === 0 && !this.list.firstElementChild) {
            await this.load("", rows => this.list.replaceChildren(...rows));
        }

        if (!this.isClosed && this.numbers.last === this.numbers.total && !location.hash) {
            this.isFollowing = true;
        }

        if (this.isFollowing || this.card.dataset.at === "end") {
            this.bottom();
        }

        this.tell();
    }

    /** Lines from a number on, shown as the caller wants them. */
    async load(query, show) {
        this.isLoading = true;
        try {
            const answer = await fetch(`${this.card.dataset.log}?count=${chunk}${query}`, { headers: { Accept: "application/json" }, cache: "no-store", credentials: "same-origin" });
            if (!answer.ok) {
                throw new Error(`Status ${answer.status}`);
            }

            const page = await answer.json();
            this.numbers.total = Math.max(this.numbers.total, page.total);
            this.isClosed ||= page.isClosed;
            this.firstError = page.firstError ?? this.firstError;
            this.cursor ||= page.cursor;
            show(page.lines.map(rowOf), page);
            this.measure();
            this.problem = page.damage ?? "";
        } catch (problem) {
            this.problem = `The log cannot be read now (${problem.message}).`;
        } finally {
            this.isLoading = false;
            this.tell();
        }
    }

    measure() {
        const number = row => row ? Number(row.id.slice(1)) : 0;
        this.numbers.first = number(this.list.firstElementChild);
        this.numbers.last = number(this.list.lastElementChild);
        this.numbers.total = Math.max(this.numbers.total, this.numbers.last);
    }

    async jump(line, mark) {
        this.pause();
        if (line < this.numbers.first || line > this.numbers.last) {
            await this.load(`&line=${Math.max(1, Math.min(line, this.numbers.total) - 20)}`, rows => this.list.replaceChildren(...rows));
        }

        const row = document.getElementById(`L${Math.min(line, this.numbers.last)}`);
        this.list.querySelector(".found")?.classList.remove("found");
        if (row) {
            if (mark) {
                row.classList.add("found");
            }

            this.view.scrollTop = row.offsetTop - this.view.offsetTop - this.view.clientHeight / 4;
        }

        this.view.focus({ preventScroll: true });
    }

    async toEnd(follow) {
        this.isFollowing = Boolean(follow) && !this.isClosed;
        if (this.numbers.last < this.numbers.total) {
            await this.load("", rows => this.list.replaceChildren(...rows));
        }

        this.bottom();
        this.tell();
    }

    pause() {
        this.isFollowing = false;
        this.tell();
    }

    bottom() {
        this.view.scrollTop = this.view.scrollHeight;
        this.at = this.view.scrollTop;
    }

    async scrolled() {
        const { scrollTop, clientHeight, scrollHeight } = this.view;
        const left = scrollHeight - clientHeight - scrollTop;
        if (this.isFollowing && scrollTop < this.at - 4) {
            this.pause(); // Whoever scrolls up wants to read.
        }

        this.at = scrollTop;
        if (this.isLoading) {
            return;
        }

        if (scrollTop < near && this.numbers.first > 1) {
            await this.load(`&line=${Math.max(1, this.numbers.first - chunk)}`, rows => this.before(rows));
        } else if (left < near && this.numbers.last < this.numbers.total) {
            await this.load(`&line=${this.numbers.last + 1}`, rows => this.behind(rows));
        }
    }

    before(rows) {
        const height = this.view.scrollHeight;
        const top = this.view.scrollTop;
        this.list.prepend(...rows.filter(row => Number(row.id.slice(1)) < this.numbers.first));
        this.view.scrollTop = top + this.view.scrollHeight - height;
        while (this.list.childElementCount > most) {
            this.list.lastElementChild.remove();
        }
    }

    behind(rows) {
        const height = this.view.scrollHeight;
        this.list.append(...rows);
        const added = this.view.scrollHeight - height;
        const top = this.view.scrollTop;
        while (this.list.childElementCount > most) {
            this.list.firstElementChild.remove();
        }

        if (!this.isFollowing) {
            this.view.scrollTop = top - (height + added - this.view.scrollHeight);
        }
    }

    /** What has just been written. */
    append({ first, lines, total }) {
        this.numbers.total = Math.max(this.numbers.total, total);
        const follows = first === this.numbers.last + 1 || this.pending.length > 0;
        if (this.isFollowing || (follows && this.list.childElementCount < most && this.numbers.last + lines.length + this.pending.length >= total)) {
            this.pending.push(...lines);
            this.pending.splice(0, Math.max(0, this.pending.length - most));
        }

        if (!this.isLate) {
            this.isLate = true;
            requestAnimationFrame(() => this.paint());
        }
    }

    paint() {
        this.isLate = false;
        const lines = this.pending.filter(line => line.number > this.numbers.last);
        this.pending = [];
        if (lines.length > 0) {
            if (lines[0].number !== this.numbers.last + 1) {
                this.list.replaceChildren(); // What lies between is left out: it is found above, when somebody looks for it.
            }

            this.behind(lines.map(rowOf));
            this.measure();
        }

        if (this.isFollowing) {
            this.bottom();
        }

        this.tell();
    }

    leaveOut({ to }) {
        this.numbers.total = Math.max(this.numbers.total, to);
    }

    end() {
        this.isClosed = true;
        this.isFollowing = false;
        this.tell();
    }

    tell() {
        const { first, last, total } = this.numbers;
        const say = number => number.toLocaleString("en");
        const words = this.problem || (total === 0 ? (this.isClosed ? "There is no output." : "No output yet.") : `Lines ${say(first)} to ${say(last)} of ${say(total)}`);
        if (this.state.textContent !== words) {
            this.state.textContent = words;
        }

        const { follow, error } = this.buttons;
        if (follow) {
            follow.hidden = this.isClosed;
            follow.setAttribute("aria-pressed", String(this.isFollowing));
        }

        if (error) {
            error.hidden = !this.firstError;
        }
    }
}
