using System.Net;
using System.Text.Json;

namespace LimoCha.Actors.EndToEnd;

/// <summary>Makes records of every kind in every state they have: of the first staff member of the first department, through the API.</summary>
public sealed class RecordFactory(IReadOnlyDictionary<string, Api> callers, string staffId, string departmentId)
{
    /// <summary>A picture of one dot.</summary>
    internal static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
    private int made;

    private Api Staff => callers["owner"];
    private Api Manager => callers["manager"];
    private Api Admin => callers["admin"];
    private Api Officer => callers["privacy officer"];

    /// <summary>The kinds, each with its states.</summary>
    public static IReadOnlyDictionary<string, string[]> States { get; } = new Dictionary<string, string[]>
    {
        ["customers"] = ["open", "in the recycle bin", "on legal hold", "erased"],
        ["tasks"] = ["draft", "offered", "assigned", "declined", "accepted", "started", "completed", "cancelled"],
        ["users"] = ["enabled", "disabled"],
        ["check-in-locations"] = ["open", "closed"],
        ["contents"] = ["published", "withdrawn"],
        ["notices"] = ["published", "withdrawn"],
        ["task-types"] = ["enabled", "disabled"],
        ["task-schedules"] = ["enabled", "disabled"],
        ["departments"] = ["there"],
        ["files"] = ["there"],
        ["privacy/rights-requests"] = ["received", "taken", "rejected", "withdrawn"],
        ["privacy/incidents"] = ["open"],
        ["privacy/disclosures"] = ["asked", "approved", "rejected"],
        ["privacy/business-transfers"] = ["planned", "cancelled"],
    };

    public Task<string> MakeAsync(string kind, string state) => kind switch
    {
        "customers" => CustomerAsync(state),
        "tasks" => TaskAsync(state),
        "users" => UserAsync(state),
        "check-in-locations" => PlaceAsync(state),
        "contents" => ContentAsync(state),
        "notices" => NoticeAsync(state),
        "task-types" => IdAsync(Admin, "task-types", new { name = Name("类型"), category = "visit", enabled = state == "enabled" }),
        "task-schedules" => IdAsync(Manager, "task-schedules", Schedule(state == "enabled")),
        "departments" => IdAsync(Admin, "departments", new { name = Name("部门") }),
        "files" => IdAsync(Staff, "files?name=a.png", new ByteArrayContent(Png)),
        "privacy/rights-requests" => RequestAsync(state),
        "privacy/incidents" => IdAsync(Officer, kind, new { title = Name("事件"), level = "serious", description = "一部登录中的手机遗失。", classes = new[] { "contact" } }),
        "privacy/disclosures" => DisclosureAsync(state),
        "privacy/business-transfers" => TransferAsync(state),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static object Schedule(bool enabled) => new { name = "周检", task = new { title = "周检" }, rule = "FREQ=WEEKLY;BYDAY=MO", from = "2027-01-01", enabled };

    private async Task<string> CustomerAsync(string state)
    {
        var id = await IdAsync(Staff, "customers", new { name = Name("客户"), phone = $"+86136{made:D8}" });
        await (state switch
        {
            "in the recycle bin" => DoneAsync(Staff, HttpMethod.Delete, $"customers/{id}", null),
            "on legal hold" => DoneAsync(Officer, HttpMethod.Put, $"customers/{id}/legal-hold", new { hold = true, reason = "案号 1" }),
            "erased" => DoneAsync(Admin, HttpMethod.Post, $"customers/{id}/erase", new { reason = "request" }),
            _ => Task.CompletedTask,
        });
        return id;
    }

    private async Task<string> TaskAsync(string state)
    {
        var id = await IdAsync(Manager, "tasks", state switch
        {
            "draft" => new { title = Name("任务") },
            "offered" => new { title = Name("任务"), assignment = new { offer = true, answerWithinMinutes = 60 } },
            _ => (object)new { title = Name("任务"), assigneeId = staffId },
        });
        string[] steps = state switch { "declined" => ["decline"], "accepted" => ["accept"], "started" => ["accept", "start"], "completed" => ["accept", "start", "complete"], _ => [] };
        foreach (var step in steps)
        {
            await DoneAsync(Staff, HttpMethod.Post, $"tasks/{id}/{step}", new { note = "…" });
        }

        if (state == "cancelled")
        {
            await DoneAsync(Manager, HttpMethod.Post, $"tasks/{id}/cancel", new { });
        }

        return id;
    }

    private async Task<string> UserAsync(string state)
    {
        var id = await IdAsync(Admin, "users", new { userName = $"member-{Guid.CreateVersion7():N}"[..30], displayName = Name("成员"), role = "staff", departmentId, password = "a password for a member" });
        if (state == "disabled")
        {
            await DoneAsync(Admin, HttpMethod.Patch, $"users/{id}", new { enabled = false });
        }

        return id;
    }

    private async Task<string> PlaceAsync(string state)
    {
        object Place(bool active) => new { name = Name("地点"), center = new { latitude = 31.2, longitude = 121.4, system = "wgs84" }, radiusMetres = 100, active };
        return await IdAsync(Admin, "check-in-locations", Place(state == "open"));
    }

    private async Task<string> ContentAsync(string state)
    {
        var id = await IdAsync(Staff, "contents", new { title = Name("内容"), kind = "article", text = "x" });
        if (state == "withdrawn")
        {
            await DoneAsync(Staff, HttpMethod.Put, $"contents/{id}", new { title = "内容", kind = "article", text = "x", withdrawn = true });
        }

        return id;
    }

    private async Task<string> NoticeAsync(string state)
    {
        var id = await IdAsync(Manager, "notices", new { title = Name("公告"), audience = new { kind = "department", departmentId } });
        if (state == "withdrawn")
        {
            await DoneAsync(Manager, HttpMethod.Post, $"notices/{id}/withdraw", null);
        }

        return id;
    }

    private async Task<string> RequestAsync(string state)
    {
        var id = await IdAsync(Staff, "privacy/rights-requests", new { kind = "complaint", subjectId = await CustomerAsync("open"), text = "多次来电打扰" });
        await (state switch
        {
            "taken" => DoneAsync(Officer, HttpMethod.Post, $"privacy/rights-requests/{id}/take", new { }),
            "rejected" => DoneAsync(Officer, HttpMethod.Post, $"privacy/rights-requests/{id}/reject", new { answer = "重复的请求" }),
            "withdrawn" => DoneAsync(Staff, HttpMethod.Post, $"privacy/rights-requests/{id}/withdraw", new { }),
            _ => Task.CompletedTask,
        });
        return id;
    }

    private async Task<string> DisclosureAsync(string state)
    {
        var document = await IdAsync(Officer, "files?name=demand.png", new ByteArrayContent(Png));
        var id = await IdAsync(Officer, "privacy/disclosures", new { subjectId = await CustomerAsync("open"), authority = "某公安分局", legalBasis = "刑事诉讼法 第五十四条", documentNumber = Name("调证字"), documentId = document, fields = new[] { "name", "phone" } });
        if (state != "asked")
        {
            await DoneAsync(Admin, HttpMethod.Post, $"privacy/disclosures/{id}/review", new { approved = state == "approved", reason = "文书齐备" });
        }

        return id;
    }

    private async Task<string> TransferAsync(string state)
    {
        var id = await IdAsync(Officer, "privacy/business-transfers", new { newHolder = "新公司", effectiveOn = "2030-01-01", contact = "contact@new.example" });
        if (state == "cancelled")
        {
            await DoneAsync(Officer, HttpMethod.Post, $"privacy/business-transfers/{id}/cancel", new { });
        }

        return id;
    }

    private string Name(string kind) => $"{kind} {++made}";

    private static async Task<string> IdAsync(Api by, string path, object body)
    {
        var answer = await by.PostAsync(path, body);
        answer.Status.Should().Be(HttpStatusCode.Created, "{0} makes a record: {1}", path, answer.Text);
        return answer.Json.TryGetProperty("id", out var id) ? id.GetString()! : throw new JsonException(answer.Text);
    }

    private static async Task DoneAsync(Api by, HttpMethod method, string path, object? body)
    {
        var answer = await by.SendAsync(method, path, body);
        ((int)answer.Status).Should().BeLessThan(300, "{0} brings the record into its state: {1}", path, answer.Text);
    }
}
