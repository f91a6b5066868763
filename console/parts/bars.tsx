/** What one bar says. */
export type Bar = { readonly name: string; readonly value: number; readonly says: string };

const [WIDTH, HEIGHT, GAP] = [720, 160, 0.25];

/** A row of bars, the highest as high as there is room; the table below says the same to whoever does not see it. */
export function Bars(props: { readonly label: string; readonly bars: readonly Bar[] }) {
  const { bars } = props;
  const most = Math.max(...bars.map(({ value }) => value), 0);
  const step = WIDTH / Math.max(bars.length, 1);
  return (
    <figure className="bars">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={props.label}>
        {bars.map(({ name, value, says }, at) => {
          const height = most === 0 ? 0 : (value / most) * (HEIGHT - 4);
          return (
            <rect
              key={name}
              x={at * step + (step * GAP) / 2}
              y={HEIGHT - Math.max(height, 1)}
              width={step * (1 - GAP)}
              height={Math.max(height, 1)}
              rx={Math.min(3, step / 6)}
            >
              <title>{`${name}: ${says}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{bars[0]?.name}</span>
        <span>{bars.at(-1)?.name}</span>
      </figcaption>
    </figure>
  );
}
