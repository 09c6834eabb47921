using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace LimoCha.Actors.Cluster;

/// <summary>Personal data in the actors and at rest, on both databases.</summary>
public sealed class PrivacyTests
{
    private static readonly Actor Officer = new(Guid.CreateVersion7(), Role.PrivacyOfficer, null);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task B8_an_answer_has_a_receipt_that_is_verified_offline(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, customer) = await CustomerAsync(host);
        var flag = (await customer.SetConsentAsync(Purposes.CustomerContact, new() { State = ConsentState.Granted, Channel = "phone", Evidence = "录音 31" }, host.As(ann))).Value!;

        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM consent_receipt") == 1, "the receipt is projected");
        var jws = await host.QueryAsync<string>("SELECT jws FROM consent_receipt");
        var keys = host.Services.GetRequiredService<SigningKeys>();
        SigningKeys.Verifies(jws, [(await keys.SignerAsync()).PublicKey]).Should().BeTrue();
        var record = JsonSerializer.Deserialize<JsonElement>(SigningKeys.PayloadOf(jws));
        record.GetProperty("header").GetProperty("record_id").GetGuid().Should().Be(flag.ReceiptId!.Value);
        record.GetProperty("header").GetProperty("pii_principal_id").GetGuid().Should().Be(customer.GetPrimaryKey());
        record.GetProperty("event").GetProperty("event_state").GetString().Should().Be("consent_given");
        record.GetProperty("event").GetProperty("evidence").GetString().Should().Be("录音 31");
        record.GetProperty("pii_processing").GetProperty("privacy_notice").GetProperty("version").GetString().Should().Be("1");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E1_personal_data_is_unreadable_in_the_database_and_survives_a_restart(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind, silos: 2);
        var (ann, customer) = await CustomerAsync(host, "标记王芳", "+8613812345678");
        await customer.SetConsentAsync(Purposes.CustomerContact, new() { State = ConsentState.Granted }, host.As(ann));
        await ProjectedAsync(host, customer, 2);
        (await DumpAsync(host)).Should().NotContain("标记王芳").And.NotContain("13812345678").And.NotContain("marked@example.com");

        await host.Cluster.DeactivateAsync(customer);
        (await customer.GetAsync(ann)).Value!.Should().BeEquivalentTo(new { Name = "标记王芳", Phone = "+86138****5678", Masked = true });
        var used = (await customer.UseAsync(new() { Kind = UseKind.Call, Purpose = Purposes.CustomerContact }, host.As(ann))).Value!;
        used.Customer!.Phone.Should().Be("+8613812345678");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task C2_an_erased_customer_is_unreadable_in_an_earlier_backup_too(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, customer) = await CustomerAsync(host);
        await ProjectedAsync(host, customer, 1);
        var state = await StateAsync(host, customer.GetPrimaryKey());
        var row = await host.QueryAsync<string>("SELECT sealed FROM customer");

        await customer.EraseAsync("request 1", host.As(Officer));

        var key = Sealing.KeyOf(row);
        state.Should().Contain(row is not null ? "sealed" : "");
        (await host.Services.GetRequiredService<ISubjectKeys>().FindAsync(key)).Should().BeNull("what was copied before cannot be opened any more");
        await Eventually.TrueAsync(async () => await host.QueryAsync<string?>("SELECT sealed FROM customer") is null, "the row is overwritten");
        (await StateAsync(host, customer.GetPrimaryKey())).Should().NotContain("\"sealed\"");
        (await host.QueryAsync<string?>("SELECT name_tokens FROM customer")).Should().BeNull();
        (await customer.GetAsync(Officer)).Value!.Should().BeEquivalentTo(new { Name = "", Phone = (string?)null, Company = (string?)null });
        (await customer.ChangeAsync(new() { Name = "x" }, host.As(ann))).Refusal!.Problem.Should().Be("erased");
        await host.Cluster.DeactivateAsync(customer);
        (await customer.GetAsync(Officer)).Value!.ErasedAt.Should().NotBeNull();
    }

    [Fact]
    public async Task C2_an_erasure_that_a_crash_interrupts_is_finished_by_the_next_activation()
    {
        var broken = new BrokenErasure();
        await using var host = await TestHost.StartAsync(services: services => services.AddSingleton<IErasure>(provider => broken.Over(ActivatorUtilities.CreateInstance<Erasure>(provider))));
        var (_, customer) = await CustomerAsync(host);
        await ProjectedAsync(host, customer, 1);
        var key = Sealing.KeyOf(await host.QueryAsync<string>("SELECT sealed FROM customer"));
        await FluentActions.Awaiting(() => customer.EraseAsync("request 1", host.As(Officer))).Should().ThrowAsync<InvalidOperationException>();
        broken.Works = true;
        var keys = host.Services.GetRequiredService<ISubjectKeys>();
        await Eventually.TrueAsync(async () => await keys.FindAsync(key) is null, "the key is destroyed after all");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E1_a_master_key_is_rotated_without_rewriting_data(DatabaseKind kind)
    {
        string Key() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var (old, fresh) = (Key(), Key());
        var folder = Directory.CreateTempSubdirectory("limocha-rotate-").FullName;
        var connection = kind == DatabaseKind.Sqlite ? $"Data Source={folder}/limocha.db" : await (await Testing.Postgres.SharedAsync()).CreateDatabaseAsync();
        Guid id;
        await using (var host = await TestHost.StartAsync(kind, connectionString: connection, settings: [("Privacy:MasterKeys:1", old)]))
        {
            id = (await CustomerAsync(host)).Customer.GetPrimaryKey();
        }

        await using (var host = await TestHost.StartAsync(kind, connectionString: connection, settings: [("Privacy:MasterKeys:1", old), ("Privacy:MasterKeys:2", fresh), ("Privacy:MasterKey", "2")]))
        {
            var table = host.Services.GetRequiredService<KeyTable>();
            await Eventually.TrueAsync(async () => (await table.CountAsync(default)) is [{ MasterKey: "2" }], "every key is under the new master key");
        }

        await using (var host = await TestHost.StartAsync(kind, connectionString: connection, settings: [("Privacy:MasterKeys:1", fresh), ("Privacy:MasterKeys:2", fresh), ("Privacy:MasterKey", "2")]))
        {
            (await host.Grains.GetGrain<ICustomerGrain>(id).GetAsync(Officer)).Value!.Name.Should().Be("王芳");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E5_a_repeat_adds_nothing_and_what_comes_with_it_is_not_lost(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var subject = Ids.New(host.Clock);
        AuditEntry Entry() => new() { Id = Ids.New(host.Clock), At = host.Clock.GetUtcNow(), ActorId = subject, Action = "customer.read", SubjectId = subject };
        var (first, second) = (Entry(), Entry());
        await host.Grains.AuditAsync(subject, [first]);
        await host.Grains.AuditAsync(subject, [first]);
        await host.Grains.AuditAsync(subject, [first, second]);
        (await host.QueryAsync<int>("SELECT count(*) FROM audit_entry WHERE subject_id = @subject", new { subject })).Should().Be(2);
        (await host.Services.GetRequiredService<AuditVerifier>().VerifyAsync(default)).Findings.Should().BeEmpty("the chain has no gap");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSql)]
    public async Task E5_every_use_is_in_the_trail_and_the_verifier_finds_what_was_altered(DatabaseKind kind)
    {
        await using var host = await TestHost.StartAsync(kind);
        var (ann, customer) = await CustomerAsync(host);
        var id = customer.GetPrimaryKey();
        await customer.SetConsentAsync(Purposes.CustomerContact, new() { State = ConsentState.Granted }, host.As(ann));
        for (var i = 0; i < 20; i++)
        {
            await customer.UseAsync(new() { Kind = UseKind.Call, Purpose = i % 2 == 0 ? Purposes.CustomerContact : Purposes.CustomerMarketing, Reason = $"call {i}" }, host.As(ann));
        }

        await Eventually.TrueAsync(async () => await host.QueryAsync<int>("SELECT count(*) FROM audit_entry WHERE subject_id = @id AND action = 'customer.call'", new { id }) == 20, "every use is recorded, allowed or not");
        (await host.QueryAsync<int>("SELECT count(*) FROM audit_entry WHERE actor_id = @ann AND basis = 'consent' AND purpose = 'customer.contact'", new { ann = ann.UserId })).Should().Be(10);
        var verifier = host.Services.GetRequiredService<AuditVerifier>();
        var anchors = host.Services.GetRequiredService<AuditAnchors>();
        await anchors.AnchorAsync(new(2026, 3, 2), default);
        (await verifier.VerifyAsync(default)).Findings.Should().BeEmpty();

        await FluentActions.Awaiting(() => host.Database.ExecuteAsync("DELETE FROM audit_entry WHERE subject_id = @id", new { id })).Should().ThrowAsync<System.Data.Common.DbException>("the table takes inserts only");
        await FluentActions.Awaiting(() => host.Database.ExecuteAsync("UPDATE audit_entry SET actor_id = @other", new { other = Guid.CreateVersion7() })).Should().ThrowAsync<System.Data.Common.DbException>();
        await host.Database.ExecuteAsync("UPDATE audit_entry SET reason = NULL WHERE subject_id = @id AND reason = 'call 3'", new { id });
        (await verifier.VerifyAsync(default)).Findings.Should().BeEmpty("a redacted reason is allowed");

        // Somebody who owns the database takes the trigger away.
        foreach (var trigger in (string[])(kind == DatabaseKind.Sqlite ? ["DROP TRIGGER audit_entry_kept", "DROP TRIGGER audit_entry_unchanged"] : ["ALTER TABLE audit_entry DISABLE TRIGGER ALL"]))
        {
            await host.Database.ExecuteAsync(trigger);
        }

        var partition = AuditPartitions.Of(id);
        await host.Database.ExecuteAsync("UPDATE audit_entry SET basis = 'contract' WHERE partition = @partition AND seq = 5", new { partition });
        (await verifier.VerifyAsync(default)).Findings.Should().ContainSingle().Which.Should().Contain($"partition {partition}").And.Contain("entry 5");
        await host.Database.ExecuteAsync("DELETE FROM audit_entry WHERE partition = @partition AND seq = 5", new { partition });
        (await verifier.VerifyAsync(default)).Findings.Should().ContainSingle(finding => finding.Contains("entry 5 is missing", StringComparison.Ordinal));
        await host.Database.ExecuteAsync("DELETE FROM audit_entry WHERE partition = @partition AND seq > 5", new { partition });
        (await verifier.VerifyAsync(default)).Findings.Should().Contain(finding => finding.Contains("missing at the end", StringComparison.Ordinal)).And.Contain(finding => finding.Contains("anchored", StringComparison.Ordinal));
    }

    [Fact]
    public async Task B7_a_material_change_asks_again_within_a_second_and_everybody_is_told()
    {
        await using var host = await TestHost.StartAsync();
        var (ann, customer) = await CustomerAsync(host);
        await customer.SetConsentAsync(Purposes.CustomerContact, new() { State = ConsentState.Granted }, host.As(ann));
        var phone = await host.ConnectAsync(ann);
        var catalog = host.Grains.GetGrain<IPrivacyCatalogGrain>(CatalogKind.Key);
        var published = await catalog.PublishAsync(new() { TextZh = "新版", TextEn = "new", ChangeZh = "联系方式", ChangeEn = "contact", Material = [Purposes.CustomerContact] }, host.As(Officer));
        published.Value!.Version.Should().Be(2);
        await phone.UntilAsync(cards => cards.Any(card => card is { Mandatory: true, Category: "policy" }));
        await Eventually.TrueAsync(
            async () => (await customer.UseAsync(new() { Purpose = Purposes.CustomerContact }, host.As(ann))).Value!.Decision.Problem == "consent-outdated", "the change is known everywhere");
        (await catalog.GetAsync()).Versions.Select(version => version.Version).Should().Equal(2, 1);
    }

    internal static async Task<(Actor Ann, ICustomerGrain Customer)> CustomerAsync(TestHost host, string name = "王芳", string phone = "+8613800138000")
    {
        var ann = await host.UserAsync();
        var customer = host.Grains.GetGrain<ICustomerGrain>(Ids.New(host.Clock));
        (await customer.CreateAsync(new() { Name = name, Phone = phone, Email = "marked@example.com", Company = "某公司" }, host.As(ann))).Refusal.Should().BeNull();
        return (ann, customer);
    }

    private static Task ProjectedAsync(TestHost host, ICustomerGrain customer, int version) => Eventually.TrueAsync(
        async () => await host.QueryAsync<int>("SELECT version FROM customer WHERE id = @id", new { id = customer.GetPrimaryKey() }) >= version, "the customer is projected");

    private static async Task<string> StateAsync(TestHost host, Guid id)
    {
        var key = GrainRowKey.Of("customer", GrainId.Create(GrainType.Create("customer"), GrainIdKeyExtensions.CreateGuidKey(id)));
        return Encoding.UTF8.GetString(await host.QueryAsync<byte[]>("SELECT PayloadBinary FROM OrleansStorage WHERE GrainIdN0 = @N0 AND GrainIdN1 = @N1", new { key.N0, key.N1 }));
    }

    /// <summary>Every value of every table.</summary>
    internal static async Task<string> DumpAsync(TestHost host)
    {
        await using var connection = await host.Database.OpenAsync();
        var tables = await connection.QueryAsync<string>(host.Database.Kind == DatabaseKind.Sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table'" : "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')");
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            foreach (IDictionary<string, object> row in await connection.QueryAsync($"SELECT * FROM {table}"))
            {
                text.AppendLine(string.Join('|', row.Values.Select(value => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value?.ToString())));
            }
        }

        text.Length.Should().BeGreaterThan(1000);
        return text.ToString();
    }

    /// <summary>An erasure that does not get through at first.</summary>
    private sealed class BrokenErasure : IErasure
    {
        private IErasure? real;

        public bool Works { get; set; }

        public IErasure Over(IErasure inner)
        {
            real = inner;
            return this;
        }

        public Task EraseAsync(Guid subjectId, Guid key, CancellationToken cancellationToken = default) =>
            Works ? real!.EraseAsync(subjectId, key, cancellationToken) : throw new InvalidOperationException("The database is away.");
    }
}
