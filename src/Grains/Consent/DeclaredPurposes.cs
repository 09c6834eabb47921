using LimoCha.Actors.Privacy;
using static LimoCha.Actors.Consent.LegalBasis;
using static LimoCha.Actors.Privacy.DataClass;

namespace LimoCha.Actors.Consent;

/// <summary>The purposes that the product's own policy declares, each with where the policy says it. More are declared at run time.</summary>
public static class DeclaredPurposes
{
    private const int HalfYear = 180;
    private const int ThreeYears = 1095;

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Purpose> All =
    [
        Of(Purposes.AccountRegistration, SubjectKind.Staff, "注册账号与登录", "Registration and sign-in", Contract, "II.1", null, [], WorkIdentity, Contact, Credential, Device),
        Of(Purposes.AccountRealName, SubjectKind.Staff, "实名认证", "Real-name verification", LegalBasis.Consent, "II.4", null, [], IdentityDocument),
        Of(Purposes.AccountTravel, SubjectKind.Staff, "异地使用识别", "Noticing impossible travel", LegalBasis.Consent, "II.4", 1, [], Whereabouts),
        Of(Purposes.AttendanceLocation, SubjectKind.Staff, "打卡签到的位置", "Location at check-in", LegalBasis.Consent, "II.3, IX", HalfYear, ["amap"], Whereabouts),
        Of(Purposes.TaskLocation, SubjectKind.Staff, "任务步骤的位置凭证", "Location as proof of a task's step", LegalBasis.Consent, "II.3", HalfYear, [], Whereabouts),
        Of(Purposes.TaskRecords, SubjectKind.Staff, "任务记录", "Records of tasks", Contract, "II.2(3)", null, [], WorkIdentity, Content),
        Of(Purposes.DispatchLocation, SubjectKind.Staff, "按距离派单", "Dispatch by distance", LegalBasis.Consent, "II.3", 1, [], Whereabouts),
        Of(Purposes.PushVendor, SubjectKind.Staff, "通过手机厂商推送", "Push through the phone's vendor", LegalBasis.Consent, "II.3(2), III.2", HalfYear, ["jpush", "fcm", "apns", "huawei"], Device),
        Of(Purposes.DeviceInformation, SubjectKind.Staff, "设备信息", "Device information", LegalBasis.Consent, "II.3", HalfYear, [], Device),
        Of(Purposes.CrashDiagnosis, SubjectKind.Staff, "崩溃与异常统计", "Crash and exception statistics", LegalBasis.Consent, "IX", HalfYear, [], Device),
        Of(Purposes.AccountSecurity, SubjectKind.Staff, "安全审计与风险识别", "Security audit and risk detection", ServiceSafety, "II.4, IV", ThreeYears, [], WorkIdentity, Device),
        Of(Purposes.StaffRights, SubjectKind.Staff, "响应员工的权利请求", "Answering rights requests of staff", LegalObligation, "V", null, [], WorkIdentity, Identity, Contact, IdentityDocument, Device, Whereabouts, Content),
        Of(Purposes.StaffDisclosure, SubjectKind.Staff, "依法披露员工信息", "Legal disclosure of staff data", LegalObligation, "III.6, III", null, [], WorkIdentity, Identity, Contact, IdentityDocument),
        Of(Purposes.CustomerService, SubjectKind.Customer, "客户服务", "Customer service", Contract, "II.2", null, [], Identity, Content),
        Of(Purposes.CustomerContact, SubjectKind.Customer, "电话与短信联系", "Contact by phone or message", LegalBasis.Consent, "II.2(3)", null, [], Identity, Contact),
        Of(Purposes.CustomerMarketing, SubjectKind.Customer, "推广信息", "Promotional messages", LegalBasis.Consent, "II.5", ThreeYears, [], Identity, Contact),
        Of(Purposes.CustomerCare, SubjectKind.Customer, "个性化服务所需的敏感信息", "Sensitive information for personal care", LegalBasis.Consent, "V", ThreeYears, [], Identity, Health, Belief, Property),
        Of(Purposes.CustomerIdentity, SubjectKind.Customer, "核验客户身份", "Verification of a customer's identity", LegalBasis.Consent, "II.4", ThreeYears, [], IdentityDocument),
        Of(Purposes.OrderDelivery, SubjectKind.Customer, "订单交付", "Delivery of orders", Contract, "II.2(1), III.1", ThreeYears, ["logistics"], Identity, Contact),
        Of(Purposes.CustomerRights, SubjectKind.Customer, "响应您的权利请求", "Answering rights requests", LegalObligation, "V", null, [], Identity, Contact, IdentityDocument, Health, Belief, Property, Minor, Content),
        Of(Purposes.IncidentNotice, SubjectKind.Customer, "安全事件通知", "Notice of security incidents", LegalObligation, "IV", null, [], Identity, Contact),
        Of(Purposes.LegalDisclosure, SubjectKind.Customer, "依法披露", "Legal disclosure", LegalObligation, "III.6, III", null, [], Identity, Contact, IdentityDocument, Health, Belief, Property),
        Of(Purposes.PromotionStatistics, SubjectKind.Customer, "推广效果统计", "Statistics for promotion partners", Deidentified, "III.5", null, ["promotion"], None),
        Of(Purposes.Analytics, SubjectKind.Customer, "去标识化分析", "De-identified analytics", Deidentified, "II.5", null, [], None),
        Of(Purposes.ShareVisits, SubjectKind.Visitor, "分享内容的访问来源", "Where visitors of shared content come from", ServiceSafety, "I", HalfYear, [], Device),
    ];

    private static Purpose Of(string key, SubjectKind subject, string zh, string en, LegalBasis basis, string source, int? days, string[] recipients, params DataClass[] classes) => new()
    {
        Key = key, Subject = subject, TitleZh = zh, TitleEn = en, Basis = basis, Source = source, RetentionDays = days, Recipients = recipients, Classes = classes,
    };
}
