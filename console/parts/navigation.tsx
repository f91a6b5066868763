import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { meQuery } from '../api/queries.ts';
import { isAtLeast } from '../api/roles.ts';
import { GROUPS, PLACES } from '../map.ts';
import { ICONS } from './icons.ts';

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
                </Link>
              );
            })}
          </div>
        );
      })}
    </nav>
  );
}
