export type Tone = 'ok' | 'warn' | 'bad' | 'idle';

/** A state: a colour, and always its word. */
export function Status(props: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className="status" data-tone={props.tone}>
      {props.children}
    </span>
  );
}
