using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Dapper;
using LimoCha.Actors.Audit;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Customers;
using LimoCha.Actors.Disclosures;
using LimoCha.Actors.Kernel;
using LimoCha.Actors.Privacy;
using LimoCha.Actors.ReadModel;
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
    /// <summary>The staff member.</summary>
    public UserView? Staff { get; init; }
    /// <summary>What they said about consent.</summary>
    public IReadOnlyList<ConsentFlag> Consents { get; init; } = [];
    /// <summary>The receipts of it.</summary>
    public IReadOnlyList<ConsentReceipt> Receipts { get; init; } = [];
    /// <summary>Sessions and devices.</summary>
    public IReadOnlyList<SessionView> Devices { get; init; } = [];
    /// <summary>Check-ins, newest first.</summary>
    public IReadOnlyList<Attendance.CheckInRow> CheckIns { get; init; } = [];
    /// <summary>Tasks about or of them, newest first.</summary>
    public IReadOnlyList<TaskView> Tasks { get; init; } = [];
    /// <summary>Their requests.</summary>
    public IReadOnlyList<RightsRequestView> Requests { get; init; } = [];
    /// <summary>Who used or received their data, newest first; without disclosures of which the law forbids to tell them.</summary>
    public IReadOnlyList<AuditEntry> Accesses { get; init; } = [];
}

/// <summary>Puts copies together. The use is decided and recorded by the subject's own actor like any other.</summary>
internal sealed class SubjectCopies(IGrainFactory grains, Database database, CompanyDays days, TimeProvider clock)
{
    private const int Most = 1_000;
    private static readonly JsonSerializerOptions Readable = new(StateJson.Options) { WriteIndented = true };

    /// <summary>The copy, or why not.</summary>
    public async Task<Outcome<SubjectCopy>> MakeAsync(SubjectKind kind, Guid subjectId, UseKind use, CallContext context, CancellationToken cancellationToken)
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

            copy = copy with { Customer = used.Value.Customer, Consents = (await grain.ListConsentsAsync(context.By, cancellationToken)).Value?.Items ?? [] };
        }
        else
        {
            var grain = grains.Grain<IUserGrain>(subjectId);
            var user = await grain.GetAsync(context.By, cancellationToken);
            if (!user.Ok)
            {
                return user.Refusal;
            }

            await grains.AuditAsync(subjectId, [new() { Id = Ids.New(clock), At = clock.GetUtcNow(), ActorId = context.By.UserId, Action = "user.export", SubjectId = subjectId, Classes = [DataClass.WorkIdentity, DataClass.Device, DataClass.Whereabouts] }], cancellationToken);
            copy = copy with { Staff = user.Value, Consents = (await grain.ListConsentsAsync(cancellationToken)).Items, Devices = await grain.SessionsAsync(cancellationToken) };
        }

        var column = kind == SubjectKind.Customer ? "customer_id" : "assignee_id";
        await using var connection = await database.OpenAsync(cancellationToken);
        return Outcome.Of(
            copy with
            {
                Receipts = await Consent.Receipts.ReadAsync(database, subjectId, cancellationToken),
                CheckIns = (await connection.QueryAsync<Attendance.CheckInRow>($"SELECT {ReadTables.CheckIn.Columns} FROM check_in WHERE user_id = @subjectId ORDER BY at DESC LIMIT {Most}", new { subjectId })).AsList(),
                Tasks = [.. (await connection.QueryAsync<TaskRow>($"SELECT {ReadTables.Task.Columns} FROM task WHERE {column} = @subjectId ORDER BY id DESC LIMIT {Most}", new { subjectId })).Select(TaskProjection.View)],
                Requests = [.. (await connection.QueryAsync<RightsRequestRow>($"SELECT {ReadTables.RightsRequest.Columns} FROM rights_request WHERE subject_id = @subjectId ORDER BY id DESC LIMIT {Most}", new { subjectId })).Select(row => RightsRequestEntityKind.View(row, clock.GetUtcNow()))],
                Accesses = [.. (await connection.QueryAsync<AuditRow>($"SELECT {AuditLog.Columns} FROM audit_entry WHERE subject_id = @subjectId AND {DisclosureQueries.ToldToSubject("@subjectId", "@today")} ORDER BY id DESC LIMIT {Most}", new { subjectId, today = DisclosureQueries.Day(days.Today) })).Select(row => row.Entry)],
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

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
