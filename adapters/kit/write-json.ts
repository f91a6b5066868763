/**
 * A value that came from outside, as JSON again. Undefined when it nests too deep: what the engine could read it cannot
 * always write, and a stack that overflows would take a whole gateway down.
 */
export function writeJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
