import { Link, useLocation } from 'wouter';
import { useHotkey } from '../parts/use-hotkey.ts';
import styles from './navigation.module.css';
import { isIn, type ViewLink, views } from './views.ts';

/** A rail at the side; a bar at the bottom of a phone. */
export function Navigation() {
  return (
    <nav className={styles.navigation} aria-label="Views">
      <ul className={styles.list}>
        {views.map((view, index) => (
          <Item key={view.path} view={view} number={index + 1} />
        ))}
      </ul>
    </nav>
  );
}

function Item({ view, number }: { readonly view: ViewLink; readonly number: number }) {
  const [location, navigate] = useLocation();
  const { path, label, icon: Icon } = view;
  useHotkey(`g ${view.key}`, () => navigate(path));
  useHotkey(String(number), () => navigate(path));
  return (
    <li className={styles.item}>
      <Link
        href={path}
        className={styles.link}
        aria-current={isIn(path, location) ? 'page' : undefined}
      >
        <span className={styles.icon}>
          <Icon size={21} strokeWidth={1.8} aria-hidden="true" />
        </span>
        {label}
      </Link>
    </li>
  );
}
