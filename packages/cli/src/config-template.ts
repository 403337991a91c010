/** Where the store is, where nothing says otherwise. */
export const DEFAULT_STORE = 'db/telegram/chats';

/**
 * A configuration with every key there is. Those at their defaults stand behind `#` without a space: taking these away
 * gives a configuration that is complete.
 */
export function configTemplate(store: string): string {
  // every text of JSON is one of YAML
  const text = JSON.stringify(store);
  const storage =
    store === DEFAULT_STORE ? `#json_storage_path: ${text}` : `json_storage_path: ${text}`;
  return `# Settings of tgstore, for commands that are run in this directory.
# A key behind # has its default; take the # away to set it.
# --store and TGSTORE_DIR go before this file. tgstore config shows what holds.

ingestors:
  telegram:
    # directory of the store; relative to where tgstore is run
    ${storage}

    # hours between automatic backups; with this key they are made before the
    # first change that is due, without it none are
    #backup_frequency: 24

    # how many automatic backups are kept
    #max_backups: 5

    # seconds that a change waits for another process that has its conversation
    #lock_timeout: 10

    # true allows stores on NFS, SMB, FUSE and the like: locks may not hold
    #allow_network_file_system: false

    # for programs that fetch: "initial" takes personal chats, chats with bots
    # and private groups; "all" takes channels and public groups as well
    #fetch_mode: "initial"

preprocessors:
  telegram:
    # directory of the store, as above; goes before json_storage_path
    #chat_history_dir: ${text}
`;
}
