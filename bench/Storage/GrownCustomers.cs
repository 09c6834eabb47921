using LimoCha.Actors.Customers;
using LimoCha.Actors.Hosting;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace LimoCha.Bench;

/// <summary>What a copied customer's row has sealed opens at the id it was sealed for only: each is sealed again, as the product does it.</summary>
internal static class GrownCustomers
{
    public static async Task SealAsync(string connectionString, string masterKey)
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
        await using (var command = source.CreateCommand("CREATE UNLOGGED TABLE grown_sealed (id uuid, sealed text)"))
        {
            await command.ExecuteNonQueryAsync();
        }

        await using (var connection = await source.OpenConnectionAsync())
        await using (var copy = await connection.BeginBinaryImportAsync("COPY grown_sealed FROM STDIN (FORMAT BINARY)"))
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var row = CustomerProjection.Row(rows[i].Id, new() { Key = found[rows[i].Key], Name = $"客户 {i}", Phone = $"+86136{i:D8}" }, 1, index);
                await copy.WriteRowAsync(CancellationToken.None, row.Id, row.Sealed!);
            }

            await copy.CompleteAsync();
        }

        await using (var command = source.CreateCommand("UPDATE customer c SET sealed = s.sealed FROM grown_sealed s WHERE c.id = s.id; DROP TABLE grown_sealed; DROP TABLE grown"))
        {
            command.CommandTimeout = 600;
            await command.ExecuteNonQueryAsync();
        }

        await host.StopAsync();
    }
}
