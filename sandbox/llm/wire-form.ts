/** One protocol's form on the wire. Frames are complete server-sent events. One wire writes one answer. */
export type Wire = {
  /** What is thought comes here. */
  readonly opening: () => readonly string[];
  readonly token: (text: string) => string;
  /** All calls, in pieces; after the text. */
  readonly calls: () => readonly string[];
  readonly closing: () => readonly string[];
  /** An error in mid-stream. */
  readonly errorEvent: () => string;
  /** JSON, but not of the protocol. */
  readonly oddEvent: () => string;
  /** The whole answer to a request that did not ask for a stream. */
  readonly whole: () => object;
};

const PIECE = 7;

/** The pieces in which arguments are streamed: they break anywhere. */
export function piecesOf(json: string): readonly string[] {
  return json.match(new RegExp(`[^]{1,${PIECE}}`, 'gu')) ?? [];
}
