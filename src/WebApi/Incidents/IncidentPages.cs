using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using LimoCha.Actors.Consent;
using LimoCha.Actors.Kernel;

namespace LimoCha.Actors.Incidents;

/// <summary>Pages to print: the letters to subjects, and the report to the authority. Each needs nothing but itself.</summary>
internal static class IncidentPages
{
    private const string Head = """
        <!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{0}</title><style>body{{font-family:system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;line-height:1.6}}
        .letter{{page-break-after:always;margin-bottom:4rem}}.to{{margin:3rem 0;white-space:pre-line}}.text{{white-space:pre-line}}
        table{{border-collapse:collapse;width:100%}}td,th{{text-align:left;vertical-align:top;padding:.4rem .5rem;border-bottom:1px solid #ddd;white-space:pre-line}}th{{width:14rem}}</style></head><body>
        """;

    private static readonly CompositeFormat Template = CompositeFormat.Parse(Head);

    /// <summary>A letter a page.</summary>
    public static string Letters(IncidentView incident, IReadOnlyList<SubjectContact> contacts, CompanyOptions company, CompanyDays days)
    {
        var text = IncidentTexts.Notice(State(incident), company);
        var html = new StringBuilder(string.Format(CultureInfo.InvariantCulture, Template, "信函 / Letters"));
        foreach (var contact in contacts)
        {
            html.Append(CultureInfo.InvariantCulture, $"""<section class="letter"><p>{E(company.Name)}<br>{Day(days)}</p><p class="to">{E(contact.Name)}{"\n"}{E(contact.Address)}</p><h1>安全事件通知 / Security incident notice</h1><div class="text">{E(text)}</div></section>""");
        }

        return html.Append(contacts.Count == 0 ? "<p>没有待寄的信函 / No letters wait.</p></body></html>" : "</body></html>").ToString();
    }

    /// <summary>
    /// What the law asks a report to say (Personal Information Protection Law, article 57; CAC measures on reporting of network security
    /// incidents, 2025): what happened, which data and how many people, the harm, what was done, who to ask.
    /// </summary>
    public static string Report(IncidentView incident, CompanyOptions company, CompanyDays days)
    {
        var notices = incident.Notices ?? new();
        (string Name, string? Value)[] rows =
        [
            ("报告单位 / Reported by", company.Name), ("联系方式 / Contact", company.PrivacyContact), ("事件 / Incident", incident.Title), ("编号 / Number", incident.Id.ToString()),
            ("级别 / Level", Level(incident.Level)), ("发现时间 / Discovered", At(incident.DiscoveredAt, days)), ("报告期限 / Report due", At(incident.RegulatorDueAt, days)),
            ("基本情况 / What happened", incident.Description), ("涉及的信息种类 / Classes of data", string.Join(", ", incident.Classes)),
            ("涉及人数 / People concerned", notices.Total.ToString(CultureInfo.InvariantCulture)), ("可能的危害 / Possible harm", incident.Impact),
            ("已采取的措施 / Measures", string.Join('\n', incident.Measures.Select(measure => $"{At(measure.At!.Value, days)} {measure.Kind}: {measure.Text}"))),
            ("补救措施 / Remedy", incident.Remedy), ("对个人的建议 / Advice to subjects", incident.Advice),
            ("通知情况 / Notices", $"已发送 sent {notices.Sent}, 电话或信函 by phone or letter {notices.Done}, 待办 to do {notices.ToDo + notices.Pending}, 仅公告 announcement only {notices.Unreachable}"),
            ("公告 / Announced", incident.AnnouncedAt is { } announced ? At(announced, days) : null),
            ("已报告 / Reports so far", string.Join('\n', incident.Reports.Select(report => $"{At(report.ReportedAt!.Value, days)} {report.Authority}: {report.Reference}"))),
        ];
        var html = new StringBuilder(string.Format(CultureInfo.InvariantCulture, Template, "安全事件报告 / Security incident report")).Append("<h1>安全事件报告 / Security incident report</h1><table>");
        foreach (var (name, value) in rows)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{E(name)}</th><td>{E(string.IsNullOrEmpty(value) ? "—" : value)}</td></tr>");
        }

        return html.Append("</table></body></html>").ToString();
    }

    /// <summary>What has been announced to the public.</summary>
    public static string Announcements(IReadOnlyList<Announcement> announcements, CompanyDays days)
    {
        var html = new StringBuilder(string.Format(CultureInfo.InvariantCulture, Template, "公告 / Announcements")).Append("<h1>公告 / Announcements</h1>");
        foreach (var announcement in announcements)
        {
            html.Append(CultureInfo.InvariantCulture, $"""<article><h2>{E(announcement.Title)}</h2><p>{At(announcement.AnnouncedAt, days)}</p><div class="text">{E(announcement.Text)}</div></article>""");
        }

        return html.Append(announcements.Count == 0 ? "<p>目前没有公告。<br>There are no announcements.</p></body></html>" : "</body></html>").ToString();
    }

    private static IncidentState State(IncidentView incident) => new()
    {
        Description = incident.Description ?? "", Impact = incident.Impact, Advice = incident.Advice, Remedy = incident.Remedy, Measures = [.. incident.Measures],
    };

    private static string Level(IncidentLevel level) => level switch { IncidentLevel.General => "一般 / general", IncidentLevel.Serious => "较大 / serious", IncidentLevel.Major => "重大 / major", _ => "特别重大 / critical" };

    private static string Day(CompanyDays days) => days.Today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string At(DateTimeOffset at, CompanyDays days) => TimeZoneInfo.ConvertTime(at, days.Zone).ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    private static string E(string? text) => HtmlEncoder.Default.Encode(text ?? "");
}
