// A line of a log as a row. Its text is hostile: it becomes text of the page and never anything else.

const styles = /^(?:t[1-6]|t[bdiu])(?: (?:t[1-6]|t[bdiu]))*$/;

function element(name, text, style) {
    const made = document.createElement(name);
    if (text !== undefined) {
        made.textContent = text;
    }

    if (style) {
        made.className = style;
    }

    return made;
}

/** "12:31:07" of "2013-04-19T12:31:07.123Z". */
const clockOf = at => at ? new Date(at).toISOString().slice(11, 19) : "";

export function rowOf(line) {
    const row = element("li", undefined, line.stream && line.stream !== "out" ? line.stream : undefined);
    row.id = `L${line.number}`;
    const number = element("a", String(line.number));
    number.href = `#L${line.number}`;
    const text = element("span", undefined, "text");
    for (const span of line.spans) {
        text.append(span.style && styles.test(span.style) ? element("span", span.text, span.style) : span.text);
    }

    const step = element("span", line.stream === "err" ? `err ${line.step ?? ""}` : line.step ?? "", "of");
    step.title = line.step ?? "";
    row.append(number, element("span", clockOf(line.at), "at"), step, text);
    return row;
}
