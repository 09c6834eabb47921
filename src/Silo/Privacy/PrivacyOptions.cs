using System.ComponentModel.DataAnnotations;
using LimoCha.Actors.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace LimoCha.Actors.Privacy;

/// <summary>Keys of personal data; section <c>Privacy</c>. The same for all silos and web processes.</summary>
public sealed class PrivacyOptions
{
    /// <summary>
    /// Master keys by name, each base64 of 32 random bytes; they wrap the subjects' keys. Made once and kept in the data folder
    /// by the embedded default.
    /// </summary>
    public Dictionary<string, string> MasterKeys { get; set; } = [];

    /// <summary>The name of the one that wraps new keys; the others only open. Left out when there is one.</summary>
    [StringLength(40)] public string? MasterKey { get; set; }

    /// <summary>
    /// Where the subjects' keys are, an ADO.NET connection string for the same kind of database. Default: <c>limocha.keys.db</c> beside the
    /// SQLite file, or the schema <c>limocha_keys</c> of the PostgreSQL database. Keep it out of the data's backups.
    /// </summary>
    public string? KeyStore { get; set; }

    /// <summary>The name of the current master key.</summary>
    internal string Current => MasterKey ?? MasterKeys.Keys.Single();
}

/// <summary>Says which setting is wrong and how to mend it.</summary>
internal sealed class PrivacyOptionsValidator : IValidateOptions<PrivacyOptions>
{
    private const string Make = "make one with: openssl rand -base64 32";

    public ValidateOptionsResult Validate(string? name, PrivacyOptions options) =>
        options.MasterKeys.Count == 0 ? ValidateOptionsResult.Fail($"Privacy:MasterKeys is empty; set Privacy:MasterKeys:1, the same for every silo and web process; {Make}")
        : options.MasterKeys.FirstOrDefault(key => !IsKey(key.Value)) is { Key: { } bad } ? ValidateOptionsResult.Fail($"Privacy:MasterKeys:{bad} is not base64 of 32 bytes; {Make}")
        : options.MasterKey is null && options.MasterKeys.Count > 1 ? ValidateOptionsResult.Fail("Privacy:MasterKey does not say which of several master keys wraps new keys.")
        : options.MasterKey is { } current && !options.MasterKeys.ContainsKey(current) ? ValidateOptionsResult.Fail("Privacy:MasterKey names no key of Privacy:MasterKeys.")
        : ValidateOptionsResult.Success;

    private static bool IsKey(string text)
    {
        Span<byte> bytes = stackalloc byte[SubjectKey.Length + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == SubjectKey.Length;
    }
}

/// <summary>Where the keys are when no setting says it.</summary>
internal static class KeyStoreDefaults
{
    public static string ConnectionString(PrivacyOptions privacy, StorageOptions storage)
    {
        if (privacy.KeyStore is { Length: > 0 } given)
        {
            return given;
        }

        if (storage.Provider == DatabaseKind.PostgreSql)
        {
            return storage.ConnectionString;
        }

        var data = new SqliteConnectionStringBuilder(storage.ConnectionString);
        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(data.DataSource)) ?? ".", $"{Path.GetFileNameWithoutExtension(data.DataSource)}.keys.db");
        return new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString;
    }
}
