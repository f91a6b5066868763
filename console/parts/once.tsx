import { Copy } from './copy.tsx';

/** A text that is shown this once. */
export function Once(props: { readonly text: string; readonly what: string; readonly about: string }) {
  return (
    <div className="stack" role="status">
      <p className="flat">{props.about} It is shown this once.</p>
      <p className="note mono wrap">
        {props.text} <Copy text={props.text} what={props.what} />
      </p>
    </div>
  );
}
