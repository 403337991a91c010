import { Eye, EyeOff, Keyboard, Lock, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { useIsConnected } from '../client/server-events.ts';
import { useStoreInfo } from '../client/store-info.ts';
import { Badge } from '../parts/badge.tsx';
import { IconButton } from '../parts/button.tsx';
import { classNames } from '../parts/class-names.ts';
import { useHotkey } from '../parts/use-hotkey.ts';
import styles from './header.module.css';
import { Help } from './help.tsx';
import { type Theme, usePrivateMode, useTheme } from './settings.ts';

const themes: readonly Theme[] = ['system', 'light', 'dark'];
const themeIcons = { system: Monitor, light: Sun, dark: Moon };

/** Which store this is, and the switches that hold everywhere. */
export function Header() {
  const store = useStoreInfo();
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [theme, setTheme] = useTheme();
  const [isPrivate, setPrivate] = usePrivateMode();
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  useHotkey('?', () => setHelpOpen(true));
  useHotkey('p', () => setPrivate(!isPrivate));
  useHotkey('t', () => setTheme(nextTheme));
  return (
    <header className={styles.header}>
      <span className={styles.brand}>tgstore</span>
      {store && (
        <span className={styles.path} title={isPrivate ? undefined : store.path} data-secret="">
          <bdi>{store.path}</bdi>
        </span>
      )}
      {store?.isReadOnly && (
        <Badge tone="warn" icon={Lock}>
          read-only
        </Badge>
      )}
      <Live />
      <span className={styles.buttons}>
        <IconButton
          icon={isPrivate ? EyeOff : Eye}
          label="Private mode: blur names and texts"
          aria-pressed={isPrivate}
          onClick={() => setPrivate(!isPrivate)}
        />
        <IconButton
          icon={themeIcons[theme]}
          label={`Colours: ${theme}. Change to ${nextTheme}`}
          onClick={() => setTheme(nextTheme)}
        />
        <IconButton icon={Keyboard} label="Keyboard shortcuts" onClick={() => setHelpOpen(true)} />
      </span>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </header>
  );
}

/** Whether the page follows what other processes change. */
function Live() {
  const isConnected = useIsConnected();
  return (
    <output
      className={classNames(styles.live, isConnected && styles.on)}
      title={
        isConnected
          ? 'Changes by other processes appear at once'
          : 'The server does not answer; trying again'
      }
    >
      {isConnected ? 'live' : 'offline'}
    </output>
  );
}
