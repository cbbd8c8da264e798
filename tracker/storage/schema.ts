/** The tracker's tables, as the steps from each version to the next. */

/** Statement groups; the file's `user_version` says how many of them have run. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE peers (
     network BLOB NOT NULL,       -- 32 bytes of the genesis block's hash
     address BLOB NOT NULL,       -- 16 bytes, IPv4 mapped
     port INTEGER NOT NULL,
     node_key BLOB NOT NULL,      -- 32 bytes
     source BLOB NOT NULL,        -- 16 bytes: where the announce came from
     is_claimed INTEGER NOT NULL, -- 1: the address is not the one that it came from
     name TEXT NOT NULL,
     height INTEGER NOT NULL,
     first_seen INTEGER NOT NULL, -- unix seconds
     last_seen INTEGER NOT NULL,
     PRIMARY KEY (network, address, port)
   ) STRICT, WITHOUT ROWID;`,
];
