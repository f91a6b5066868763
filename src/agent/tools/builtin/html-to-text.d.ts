declare module 'html-to-text' {
  /** The part of the package that is used here. */
  export function compile(options: {
    readonly wordwrap?: number | false;
    readonly limits?: { readonly maxInputLength?: number; readonly maxDepth?: number; readonly maxChildNodes?: number };
    readonly selectors?: readonly { readonly selector: string; readonly format?: string; readonly options?: object }[];
  }): (html: string) => string;
}
