import { dollars } from './span.ts';

/** Per cent at which a channel is told. */
const MARKS = [50, 80, 100] as const;
/** What is over the budget has a little room as well. */
const [WIDTH, HEIGHT] = [112, 10];

/** What is spent, and held beside it, of what may be. */
export function Meter(props: { readonly spent: number; readonly held: number; readonly dollars: number }) {
  const part = (amount: number): number =>
    props.dollars === 0 ? (amount > 0 ? WIDTH : 0) : Math.min(WIDTH, (amount / props.dollars) * 100);
  const [spent, used] = [part(props.spent), part(props.spent + props.held)];
  const says = `${Math.round(spent)} % of ${dollars(props.dollars)} spent, ${Math.round(used - spent)} % held`;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="meter" role="img" aria-label={says}>
      <title>{says}</title>
      <rect className="ground" width={100} height={HEIGHT} rx={1} />
      <rect className="held" width={used} height={HEIGHT} rx={1} />
      <rect className="used" width={spent} height={HEIGHT} rx={1} data-tone={used >= 100 ? 'bad' : undefined} />
      {MARKS.map((at) => (
        <line key={at} x1={at} x2={at} y1={0} y2={HEIGHT} />
      ))}
    </svg>
  );
}
