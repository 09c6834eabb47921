using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Disclosures;
using LimoCha.Actors.Incidents;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
using LimoCha.Actors.Sharing;
using LimoCha.Actors.Staff;
using LimoCha.Actors.Storage;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.RightsRequests;

/// <summary>Everything that is held about one person, from every store (C1).</summary>
public sealed record SubjectCopy
{
    /// <summary>Whose.</summary>
    public Guid SubjectId { get; init; }
    /// <summary>When it was put together (UTC).</summary>
    public DateTimeOffset MadeAt { get; init; }
    /// <summary>The customer, unmasked.</summary>
    public CustomerView? Customer { get; init; }
    /// <summary>Who agreed for a minor.</summary>
    public Guardian? Guardian { get; init; }
    /// <summary>The staff member.</summary>
    public UserView? Staff { get; init; }
    /// <summary>What the account has beside, unmasked.</summary>
    public StaffData? Account { get; init; }
    /// <summary>What they said about consent.</summary>
    public IReadOnlyList<ConsentFlag> Consents { get; init; } = [];
    /// <summary>Exemptions from consent in force.</summary>
    public IReadOnlyList<Exemption> Exemptions { get; init; } = [];
    /// <summary>The receipts of it.</summary>
    public IReadOnlyList<ConsentReceipt> Receipts { get; init; } = [];
    /// <summary>Sessions and devices.</summary>
    public IReadOnlyList<SessionView> Devices { get; init; } = [];
    /// <summary>Check-ins, newest first.</summary>
    public IReadOnlyList<Attendance.CheckInRow> CheckIns { get; init; } = [];
    /// <summary>Tasks about or of them, newest first.</summary>
    public IReadOnlyList<TaskView> Tasks { get; init; } = [];
    /// <summary>What happened to tasks about a customer, what a staff member did with tasks; newest first.</summary>
    public IReadOnlyList<CopiedTaskEvent> TaskEvents { get; init; } = [];
    /// <summary>Files of tasks about a customer, or that a staff member uploaded.</summary>
    public IReadOnlyList<CopiedFile> Files { get; init; } = [];
    /// <summary>Links to content that a staff member shared.</summary>
    public IReadOnlyList<ShareView> Shares { get; init; } = [];
    /// <summary>Signs that the account was not used by its person.</summary>
    public IReadOnlyList<RiskSignalRow> RiskSignals { get; init; } = [];
    /// <summary>Security incidents of which they were told.</summary>
    public IReadOnlyList<AffectedSubject> Incidents { get; init; } = [];
    /// <summary>Their requests.</summary>
    public IReadOnlyList<RightsRequestView> Requests { get; init; } = [];
    /// <summary>Who used or received their data, newest first; without disclosures of which the law forbids to tell them.</summary>
    public IReadOnlyList<AuditEntry> Accesses { get; init; } = [];
}

/// <summary>Something that happened to a task.</summary>
/// <param name="TaskId">Which.</param>
/// <param name="At">When (UTC).</param>
/// <param name="By">Who did it.</param>
/// <param name="Event">What, with what was written.</param>
public sealed record CopiedTaskEvent(Guid TaskId, DateTimeOffset At, Guid By, [property: Personal(DataClass.Content)] JsonElement Event);

/// <summary>A file; its bytes are at <c>/api/v1/files/{id}</c> or come with the copy on request.</summary>
public sealed record CopiedFile
{
    /// <summary>UUIDv7.</summary>
    public Guid Id { get; init; }
    /// <summary>The task that it belongs to.</summary>
    public Guid? TaskId { get; init; }
    /// <summary>As it was uploaded.</summary>
    [Personal(DataClass.Content)] public string Name { get; init; } = "";
    /// <summary>A media type.</summary>
    [NotPersonal] public string ContentType { get; init; } = "";
    /// <summary>Bytes.</summary>
    public int Size { get; init; }
    /// <summary>When it was uploaded (UTC).</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <inheritdoc/>
    public override string ToString() => nameof(CopiedFile);
}

/// <summary>Puts copies together. The use is decided and recorded by the subject's own actor like any other.</summary>
internal sealed class SubjectCopies(IGrainFactory grains, Database database, CompanyDays days, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Readable = new(StateJson.Options) { WriteIndented = true };

    /// <summary>The copy, or why not. Whole, unless <paramref name="most"/> says how many of each a page shows.</summary>
    public async Task<Outcome<SubjectCopy>> MakeAsync(SubjectKind kind, Guid subjectId, UseKind use, CallContext context, CancellationToken cancellationToken, int? most = null)
    {
        var copy = new SubjectCopy { SubjectId = subjectId, MadeAt = clock.GetUtcNow() };
        if (kind == SubjectKind.Customer)
        {
            var grain = grains.Grain<ICustomerGrain>(subjectId);
            var used = await grain.UseAsync(new() { Kind = use, Purpose = Purposes.CustomerRights }, context, cancellationToken);
            if (!used.Ok || !used.Value.Decision.Allowed)
            {
                return used.Refusal ?? new Refusal(RefusalKind.Forbidden, used.Value!.Decision.Problem!, used.Value.Decision.Explanation);
            }

            var consents = (await grain.ListConsentsAsync(context.By, cancellationToken)).Value;
            copy = copy with { Customer = used.Value.Customer, Guardian = used.Value.Guardian, Consents = consents?.Items ?? [], Exemptions = consents?.Exemptions ?? [] };
        }
        else
        {
            var grain = grains.Grain<IUserGrain>(subjectId);
            var user = await grain.GetAsync(context.By, cancellationToken);
            if (!user.Ok)
            {
                return user.Refusal;
            }

            var account = await grain.CopyAsync(context, cancellationToken);
            if (!account.Ok)
            {
                return account.Refusal;
            }

            copy = copy with { Staff = user.Value, Account = account.Value, Consents = (await grain.ListConsentsAsync(cancellationToken)).Items, Devices = await grain.SessionsAsync(cancellationToken) };
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var customer = kind == SubjectKind.Customer;
        var limit = most is { } rows ? string.Create(CultureInfo.InvariantCulture, $"LIMIT {rows}") : "";
        async Task<List<T>> ReadAsync<T>(string columns, string from, string order) => await connection.QueryAsync<T>(new CommandDefinition(
            $"SELECT {columns} FROM {from} ORDER BY {order} DESC {limit}", new { subjectId, today = DisclosureQueries.Day(days.Today) }, cancellationToken: cancellationToken));
        var theirTasks = customer ? "customer_id = @subjectId" : TaskScope.AssignedTo("subjectId");
        var events = await ReadAsync<TaskWrites>("id, facts", $"event_log WHERE kind = 'task' AND id IN (SELECT id FROM task WHERE {theirTasks})", "at");
        copy = copy with
        {
            Receipts = await Consent.Receipts.ReadAsync(database, subjectId, cancellationToken),
            CheckIns = await ReadAsync<Attendance.CheckInRow>(ReadTables.CheckIn.Columns, "check_in WHERE user_id = @subjectId", "at"),
            Tasks = [.. (await ReadAsync<TaskRow>(ReadTables.Task.Columns, $"task WHERE {theirTasks}", "id")).Select(TaskProjection.View)],
            // What colleagues wrote is about the customer, not about who had the task.
            TaskEvents = [.. events.SelectMany(write => Facts.Read<JsonElement>(write.Facts).Select(fact => new CopiedTaskEvent(write.Id, fact.At, fact.By, fact.Event))).Where(fact => customer || fact.By == subjectId)],
            Files = await ReadAsync<CopiedFile>("id, task_id, name, content_type, size, created_at", $"stored_file WHERE {(customer ? "task_id IN (SELECT id FROM task WHERE customer_id = @subjectId)" : "owner_id = @subjectId")}", "id"),
            Incidents = await ReadAsync<AffectedSubject>("subject_id, kind, channel, progress, attempts, updated_at", "incident_subject WHERE subject_id = @subjectId AND channel IS NOT NULL", "updated_at"),
            Requests = [.. (await ReadAsync<RightsRequestRow>(ReadTables.RightsRequest.Columns, "rights_request WHERE subject_id = @subjectId", "id")).Select(row => RightsRequestEntityKind.View(row, clock.GetUtcNow()))],
            Accesses = [.. (await ReadAsync<AuditRow>(AuditLog.Columns, $"audit_entry WHERE subject_id = @subjectId AND {DisclosureQueries.ToldToSubject("@subjectId", "@today")}", "id")).Select(row => row.Entry)],
        };
        return Outcome.Of(
            customer ? copy : copy with
            {
                Shares = [.. (await ReadAsync<ShareRow>(ReadTables.Share.Columns, "share WHERE shared_by_id = @subjectId", "id")).Select(ShareEntityKind.View)],
                RiskSignals = await ReadAsync<RiskSignalRow>(ReadTables.RiskSignal.Columns, "risk_signal WHERE user_id = @subjectId", "id"),
            }, 0);
    }

    /// <summary>The copy for machines: JSON.</summary>
    public static string Json(SubjectCopy copy) => JsonSerializer.Serialize(copy, Readable);

    /// <summary>The copy for people: one HTML page that needs nothing else.</summary>
    public static string Html(SubjectCopy copy)
    {
        var html = new StringBuilder($$"""
            <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>个人信息副本 / Copy of personal data</title><style>body{font-family:system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;line-height:1.5}
            h2{margin-top:2rem;border-bottom:1px solid #ccc}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .5rem;border-bottom:1px solid #eee;overflow-wrap:anywhere}th{width:14rem;font-weight:600}</style></head>
            <body><h1>个人信息副本 / Copy of personal data</h1>
            """);
        using var json = JsonDocument.Parse(Json(copy));
        foreach (var section in json.RootElement.EnumerateObject())
        {
            html.Append("<h2>").Append(Encode(section.Name)).Append("</h2>");
            Write(html, section.Value);
        }

        return html.Append("</body></html>").ToString();
    }

    private static void Write(StringBuilder html, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                html.Append("<table>");
                foreach (var field in value.EnumerateObject())
                {
                    html.Append("<tr><th>").Append(Encode(field.Name)).Append("</th><td>");
                    Write(html, field.Value);
                    html.Append("</td></tr>");
                }

                html.Append("</table>");
                break;
            case JsonValueKind.Array when value.GetArrayLength() == 0:
                html.Append('—');
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    Write(html, item);
                }

                break;
            default:
                html.Append("<span>").Append(Encode(value.ToString())).Append("</span> ");
                break;
        }
    }

    /// <summary>The facts of one write.</summary>
    private sealed record TaskWrites
    {
        public Guid Id { get; init; }
        public string Facts { get; init; } = "";
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
