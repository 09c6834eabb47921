using LimoCha.Actors.Kernel;
using LimoCha.Actors.Tasks;

namespace LimoCha.Actors.Demo;

/// <summary>The demo company's words. Every person is put together from common surnames and given names by chance.</summary>
internal static class DemoNames
{
    public static readonly string[] Departments = ["华东销售部", "华南销售部", "客户服务部"];

    public static readonly (string UserName, string DisplayName, Role Role, int Department)[] Staff =
    [
        ("admin", "系统管理员", Role.Admin, -1),
        ("manager", "周经理", Role.Manager, 0),
        ("manager2", "吴经理", Role.Manager, 1),
        ("manager3", "郑经理", Role.Manager, 2),
        ("privacy", "个人信息保护负责人", Role.PrivacyOfficer, -1),
        ("auditor", "审计员", Role.Auditor, -1),
        ("staff1", "王晓东", Role.Staff, 0),
        ("staff2", "李静怡", Role.Staff, 0),
        ("staff3", "张伟民", Role.Staff, 0),
        ("staff4", "刘思远", Role.Staff, 1),
        ("staff5", "陈雨桐", Role.Staff, 1),
        ("staff6", "杨柳青", Role.Staff, 2),
    ];

    /// <summary>Stations of the Shanghai metro; WGS-84, to about 100 m.</summary>
    public static readonly (string Name, string Address, double Latitude, double Longitude)[] Places =
    [
        ("人民广场站", "上海市黄浦区人民大道", 31.2328, 121.4737),
        ("陆家嘴站", "上海市浦东新区世纪大道", 31.2380, 121.5022),
        ("虹桥火车站", "上海市闵行区申虹路", 31.1940, 121.3200),
        ("静安寺站", "上海市静安区华山路", 31.2235, 121.4470),
        ("张江高科站", "上海市浦东新区松涛路", 31.2016, 121.5880),
    ];

    public static readonly string[] Tasks =
    [
        "拜访客户并演示新品", "送达合同并取回签字件", "回访上月订单满意度", "处理售后投诉", "收集报价反馈",
        "更新客户联系人信息", "安装并调试样机", "跟进付款进度", "邀请客户参加培训", "现场勘查安装条件",
    ];

    public const string InstallationTask = "安装并调试新设备";
    public const string Offer = "附近客户急需样品，谁能送？";
    public const string NoticeTitle = "周五 16:00 部门例会";
    public const string NoticeBody = "请提前更新各自任务的进度。";

    /// <summary>A type of task with steps and proof of its own.</summary>
    public static readonly SaveTaskType Installation = new()
    {
        Name = "设备安装", Category = "installation", RespondWithinMinutes = 60, ResolveWithinMinutes = 2 * 24 * 60,
        Checklist = ["核对设备序列号", "通电测试", "教会客户使用"],
        Flow =
        [
            new() { Key = "accept", Title = "接受", Stage = TaskStage.Accepted },
            new() { Key = "arrive", Title = "到达现场", Stage = TaskStage.Started },
            new() { Key = "install", Title = "安装完成", Stage = TaskStage.Started, Proof = [ProofKind.Checklist] },
            new() { Key = "sign-off", Title = "客户签字", Stage = TaskStage.Completed, Proof = [ProofKind.Signature] },
        ],
        Escalations = [new() { Trigger = EscalationTrigger.DueAt, AfterMinutes = -60, Action = EscalationAction.Remind }, new() { Trigger = EscalationTrigger.DueAt, Action = EscalationAction.TellManager }],
    };

    public static readonly string[] Sources = ["展会", "官网", "老客户介绍", "微信分享", "电话咨询"];

    /// <summary>The two digits after the 1 of a Chinese mobile number.</summary>
    public static readonly int[] PhonePrefixes = [30, 35, 38, 39, 50, 58, 77, 86, 87, 88];

    private const string Surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹";
    private const string Given = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红玲建国文斌宇浩欣怡晨思雨梓涵";
    private static readonly string[] Cities = ["上海", "苏州", "杭州", "宁波", "广州", "深圳"];
    private static readonly string[] Trades = ["贸易", "科技", "机电", "建材", "食品", "物流"];

    public static string Person(Random random) =>
        string.Concat(Surnames[random.Next(Surnames.Length)], Given[random.Next(Given.Length)], random.Next(3) == 0 ? "" : Given[random.Next(Given.Length)].ToString());

    public static string Company(Random random) =>
        $"{Cities[random.Next(Cities.Length)]}{Given[random.Next(Given.Length)]}{Given[random.Next(Given.Length)]}{Trades[random.Next(Trades.Length)]}有限公司";
}
