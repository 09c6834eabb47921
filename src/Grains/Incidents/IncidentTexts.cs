using System.Text;
using LimoCha.Actors.Consent;

namespace LimoCha.Actors.Incidents;

/// <summary>What subjects and the public read of an incident: in both languages, because nobody knows which one a subject reads.</summary>
internal static class IncidentTexts
{
    /// <summary>A mail's subject line.</summary>
    public static string Subject(CompanyOptions company) => $"{company.Name}：安全事件通知 / Security incident notice";

    /// <summary>What the policy promises to tell (seed IV): facts and impact, measures, what the subject can do, what is done for them.</summary>
    public static string Facts(IncidentState state)
    {
        var text = new StringBuilder();
        void Part(string title, string? content) => text.Append(title).Append('\n').Append(content).Append("\n\n");
        Part("【基本情况 / What happened】", state.Description);
        Part("【可能的影响 / Possible impact】", state.Impact);
        Part("【已采取或将要采取的处置措施 / Measures】", string.Join('\n', state.Measures.Select(measure => $"- {measure.Text}")));
        Part("【您可自主防范和降低风险的建议 / What you can do】", state.Advice);
        Part("【对您的补救措施 / What we do for you】", state.Remedy);
        return text.ToString().TrimEnd();
    }

    /// <summary>The notice to one subject.</summary>
    public static string Notice(IncidentState state, CompanyOptions company) =>
        $"""
        {company.Name} 就一起涉及您个人信息的安全事件通知您。
        {company.Name} notifies you of a security incident that concerns your personal data.

        {Facts(state)}

        {(company.PrivacyContact is { } contact ? $"联系我们 / Contact: {contact}" : "")}
        """.TrimEnd();
}
