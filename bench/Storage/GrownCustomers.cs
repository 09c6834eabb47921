using System.Globalization;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LimoCha.Bench;

/// <summary>
/// What a copied customer's row has sealed opens at the id it was sealed for only: each is sealed again, as the product does it, under a
/// name and with a company of its own.
/// </summary>
internal static class GrownCustomers
{
    private const char FirstLetter = '\u4e00';

    /// <summary>The three letters of a copied customer's name: hardly two have the same.</summary>
    public static string Name(int i) => new([(char)(FirstLetter + i % 2_003), (char)(FirstLetter + i % 1_999), (char)(FirstLetter + i % 1_777)]);

    /// <summary>A copied customer's company.</summary>
    public static string Company(int i) => string.Create(CultureInfo.InvariantCulture, $"单位 {i}");

    /// <returns>The name and the company of one of them.</returns>
    public static async Task<(string Name, string Company)> SealAsync(string connectionString, string masterKey)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "PostgreSql", ["Storage:ConnectionString"] = connectionString, ["Logging:LogLevel:Default"] = "None", ["Privacy:MasterKeys:1"] = masterKey,
        });
        builder.AddLimoChaDatabase();
        using var host = builder.Build();
        await host.StartAsync();
        var (keys, index) = (host.Services.GetRequiredService<ISubjectKeys>(), host.Services.GetRequiredService<BlindIndex>());

        await using var source = NpgsqlDataSource.Create(connectionString);
        List<(Guid Id, Guid Key)> rows = [];
        await using (var command = source.CreateCommand("SELECT id, left(sealed, 24) FROM customer WHERE id IN (SELECT id FROM grown)"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                rows.Add((reader.GetGuid(0), Sealing.KeyOf(reader.GetString(1))));
            }
        }

        var found = await keys.FindAsync(rows.Select(row => row.Key));
        await using (var command = source.CreateCommand("CREATE UNLOGGED TABLE grown_sealed (id uuid, sealed text, name_tokens text, company text)"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using (var connection = await source.OpenConnectionAsync())
        await using (var copy = await connection.BeginBinaryImportAsync("COPY grown_sealed FROM STDIN (FORMAT BINARY)"))
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var row = CustomerProjection.Row(rows[i].Id, new() { Key = found[rows[i].Key], Name = Name(i), Company = Company(i), Phone = $"+86136{i:D8}" }, 1, index);
                await copy.WriteRowAsync(CancellationToken.None, row.Id, row.Sealed!, row.NameTokens!, row.Company!);
            }

            await copy.CompleteAsync();
        }

        await using (var command = source.CreateCommand("UPDATE customer c SET sealed = s.sealed, name_tokens = s.name_tokens, company = s.company FROM grown_sealed s WHERE c.id = s.id; DROP TABLE grown_sealed; DROP TABLE grown"))
        {
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }

        await host.StopAsync();
        return (Name(rows.Count / 2), Company(rows.Count / 2));
    }
}
