import { Copy } from './copy.tsx';

/** A value as it is. Text, whatever it contains. */
export function Json(props: { readonly value: unknown; readonly label: string }) {
  const text = JSON.stringify(props.value, undefined, 2) ?? '';
  return (
    <div style={{ position: 'relative' }}>
      <div style={{ position: 'absolute', top: 6, right: 8 }}>
        <Copy text={text} what={props.label} />
      </div>
      {/* What scrolls has to be reachable with the keyboard. */}
      <pre className="json" tabIndex={0} role="region" aria-label={props.label}>
        {text}
      </pre>
    </div>
  );
}
