import { qrMatrix } from './qr-matrix.ts';

const QUIET = 4;

/** A QR code, dark on light in either scheme: cameras want it so. */
export function QrCode(props: { readonly text: string; readonly label: string }) {
  const rows = qrMatrix(new TextEncoder().encode(props.text));
  const size = rows.length + 2 * QUIET;
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : [])));
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={props.label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path.join('')} fill="#000" />
    </svg>
  );
}
