// Makes one element like another and keeps what need not change: focus, what is typed, what is unfolded, where is scrolled to.

const kept = new Set(["open", "checked"]);

/** What people typed or unfolded is theirs; how far a progress has come is not. */
const isTheirs = (element, name) => kept.has(name) || (name === "value" && element.matches("input, textarea, select, option"));

/** The key by which a child is found again when others came before it. */
const keyOf = node => node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || null : null;

const isLike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

function attributes(from, to) {
    for (const { name } of [...from.attributes]) {
        if (!to.hasAttribute(name) && !isTheirs(from, name)) {
            from.removeAttribute(name);
        }
    }

    for (const { name, value } of to.attributes) {
        if (from.getAttribute(name) !== value && !isTheirs(from, name)) {
            from.setAttribute(name, value);
        }
    }
}

function children(from, to) {
    const keyed = new Map([...from.childNodes].filter(keyOf).map(node => [keyOf(node), node]));
    let at = from.firstChild;
    for (const wanted of [...to.childNodes]) {
        const same = keyOf(wanted) ? keyed.get(keyOf(wanted)) : null;
        if (same && same.nodeName === wanted.nodeName) {
            if (same === at) {
                at = at.nextSibling;
            } else {
                from.insertBefore(same, at);
            }

            morph(same, wanted);
        } else if (at && isLike(at, wanted)) {
            const next = at.nextSibling;
            morph(at, wanted);
            at = next;
        } else {
            from.insertBefore(document.importNode(wanted, true), at);
        }
    }

    while (at) {
        const next = at.nextSibling;
        at.remove();
        at = next;
    }
}

export function morph(from, to) {
    if (from.isEqualNode(to)) {
        return;
    }

    if (!isLike(from, to)) {
        from.replaceWith(document.importNode(to, true));
    } else if (from.nodeType !== Node.ELEMENT_NODE) {
        from.nodeValue = to.nodeValue;
    } else {
        attributes(from, to);
        if (!from.hasAttribute("data-own")) {
            children(from, to);
        }
    }
}
