/** One protocol's form on the wire. Frames are complete server-sent events. One wire writes one answer. */
export type Wire = {
  readonly opening: () => readonly string[];
  readonly token: (text: string) => string;
  readonly closing: () => readonly string[];
  /** An error in mid-stream. */
  readonly errorEvent: () => string;
  /** JSON, but not of the protocol. */
  readonly oddEvent: () => string;
  /** The whole answer to a request that did not ask for a stream. */
  readonly whole: () => object;
};
