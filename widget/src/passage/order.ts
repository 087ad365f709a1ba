/** Looking in what is in order: asking the browser how two nodes stand to each other is slow on a long page. */

/** The first place in an ordered list from which on something holds; its length for nowhere. */
export function firstWhere<T>(ordered: readonly T[], holds: (one: T) => boolean): number {
  let [from, to] = [0, ordered.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(ordered[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}
