import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { countsQuery, meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { GROUPS, PLACES } from '../map.ts';
import { ICONS } from './icons.ts';

/** Where what waits for a person is seen to. */
const COUNTED: Readonly<Record<string, 'deadLetters' | 'approvals'>> = {
  '/dead-letters': 'deadLetters',
  '/approvals': 'approvals',
};
/** Where counting ends, on the server. */
const MOST = 1_000;

/** The pages that somebody may use, in groups. */
export function Navigation(props: { readonly gone?: () => void }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const mine = PLACES.filter(({ role }) => isAtLeast(me.role, role));
  return (
    <nav aria-label="Pages">
      {GROUPS.map((group) => {
        const places = mine.filter((place) => place.group === group);
        if (places.length === 0) return null;
        return (
          <div key={group} role="group" aria-label={group}>
            <div className="group" aria-hidden>
              {group}
            </div>
            {places.map(({ path, title }) => {
              const Icon = ICONS[path];
              return (
                <Link
                  key={path}
                  to={path}
                  className="nav-link"
                  activeOptions={{ exact: path === '/' }}
                  onClick={props.gone}
                >
                  {Icon !== undefined && <Icon size={18} stroke={1.6} aria-hidden />}
                  {title}
                  <Count path={path} />
                </Link>
              );
            })}
          </div>
        );
      })}
    </nav>
  );
}

function Count(props: { readonly path: string }) {
  const { data } = useQuery(countsQuery);
  const counted = COUNTED[props.path];
  const count = counted === undefined ? 0 : (data?.[counted] ?? 0);
  if (count === 0) return null;
  return (
    <span className="nav-count">
      {count >= MOST ? '999+' : count}
      <span className="visually-hidden"> waiting</span>
    </span>
  );
}
