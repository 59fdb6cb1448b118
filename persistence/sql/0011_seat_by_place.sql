-- A seat is found by its place, whatever the statistics say. While seat_hold was partial on `hold IS
-- NOT NULL`, which `hold = h` implies, a batch could walk the whole of it: an index that looks empty
-- when the table was last analysed before an opening. No batch asks for a child, so nothing implies
-- this condition; and where there is a hold there is a child (seat_whole).
DROP INDEX seat_hold;
CREATE UNIQUE INDEX seat_hold ON seat (hold) WHERE child IS NOT NULL;

-- Keys are forgotten by time, and stored in its order: a summary of each range of pages tells where
-- the old ones are, and costs an insert next to nothing.
DROP INDEX request_key_at;
CREATE INDEX request_key_at ON request_key USING brin (at) WITH (pages_per_range = 32);
