/** The tables of a light peer's database. */

/** One step for each version, as in schema.ts. */
export const LIGHT_MIGRATIONS: readonly string[] = [
  `CREATE TABLE network (params BLOB NOT NULL) STRICT;
   CREATE TABLE headers (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE proofs (
     number INTEGER PRIMARY KEY,
     block BLOB NOT NULL,
     position INTEGER NOT NULL,
     tree_size INTEGER NOT NULL,
     path BLOB NOT NULL,
     bytes BLOB NOT NULL   -- the transaction
   ) STRICT;
   CREATE TABLE testimonies (node_key BLOB PRIMARY KEY, heard INTEGER NOT NULL, up_to BLOB NOT NULL)
   WITHOUT ROWID, STRICT;
   CREATE TABLE testified (node_key BLOB, address BLOB, PRIMARY KEY (node_key, address))
   WITHOUT ROWID, STRICT;
   CREATE TABLE neighbours (rank INTEGER PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL)
   STRICT;`,
];
