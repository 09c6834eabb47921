-- The table that Microsoft.Orleans.Persistence.AdoNet expects, by the names of its queries, parameters and columns.

CREATE TABLE OrleansQuery (
    QueryKey  TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
);

CREATE TABLE OrleansStorage (
    GrainIdHash            INTEGER NOT NULL,
    GrainIdN0              INTEGER NOT NULL,
    GrainIdN1              INTEGER NOT NULL,
    GrainTypeHash          INTEGER NOT NULL,
    GrainTypeString        TEXT    NOT NULL,
    GrainIdExtensionString TEXT,
    ServiceId              TEXT    NOT NULL,
    PayloadBinary          BLOB,
    ModifiedOn             TEXT    NOT NULL DEFAULT (datetime('now')),
    Version                INTEGER
);

-- The full identity is unique: two first inserts of one grain cannot both succeed. It begins with the time in a
-- UUIDv7 key (RFC 9562: 48 bits of milliseconds; .NET stores them as two little-endian parts), so that new grains go to
-- the end of the index instead of all over it, and what was made lately is found together.
CREATE UNIQUE INDEX UX_OrleansStorage ON OrleansStorage
    ((((GrainIdN0 & 4294967295) << 16) | ((GrainIdN0 >> 32) & 65535)),
     GrainIdN0, GrainIdN1, GrainTypeHash, COALESCE(GrainIdExtensionString, ''), GrainTypeString, ServiceId);

-- Insert and update exclude each other by the version, so each write is one statement's own transaction and no
-- explicit one can be left open on a pooled connection.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
    SELECT PayloadBinary, Version
    FROM OrleansStorage
    WHERE (((GrainIdN0 & 4294967295) << 16) | ((GrainIdN0 >> 32) & 65535)) =
          (((@GrainIdN0 & 4294967295) << 16) | ((@GrainIdN0 >> 32) & 65535))
      AND GrainIdHash = @GrainIdHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
      AND GrainTypeHash = @GrainTypeHash AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
      AND COALESCE(GrainIdExtensionString, '''') = COALESCE(@GrainIdExtensionString, '''')'),
('WriteToStorageKey', '
    INSERT INTO OrleansStorage (GrainIdHash, GrainIdN0, GrainIdN1, GrainTypeHash, GrainTypeString,
                                GrainIdExtensionString, ServiceId, PayloadBinary, Version)
    SELECT @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString,
           @GrainIdExtensionString, @ServiceId, @PayloadBinary, 1
    WHERE @GrainStateVersion IS NULL
    ON CONFLICT DO NOTHING
    RETURNING Version AS NewGrainStateVersion;

    UPDATE OrleansStorage
    SET PayloadBinary = @PayloadBinary, ModifiedOn = datetime(''now''), Version = Version + 1
    WHERE (((GrainIdN0 & 4294967295) << 16) | ((GrainIdN0 >> 32) & 65535)) =
          (((@GrainIdN0 & 4294967295) << 16) | ((@GrainIdN0 >> 32) & 65535))
      AND GrainIdHash = @GrainIdHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
      AND GrainTypeHash = @GrainTypeHash AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
      AND COALESCE(GrainIdExtensionString, '''') = COALESCE(@GrainIdExtensionString, '''')
      AND Version = @GrainStateVersion
    RETURNING Version AS NewGrainStateVersion'),
('ClearStorageKey', '
    UPDATE OrleansStorage
    SET PayloadBinary = NULL, ModifiedOn = datetime(''now''), Version = Version + 1
    WHERE (((GrainIdN0 & 4294967295) << 16) | ((GrainIdN0 >> 32) & 65535)) =
          (((@GrainIdN0 & 4294967295) << 16) | ((@GrainIdN0 >> 32) & 65535))
      AND GrainIdHash = @GrainIdHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
      AND GrainTypeHash = @GrainTypeHash AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
      AND COALESCE(GrainIdExtensionString, '''') = COALESCE(@GrainIdExtensionString, '''')
      AND Version = @GrainStateVersion
    RETURNING Version AS NewGrainStateVersion');
