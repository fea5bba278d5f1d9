// Every word of the page, in English and in Chinese. {name} is replaced by a value.
"use strict";

const words = {
  "title": ["Runs", "训练记录"],
  "studies": ["Studies", "对比实验"],
  "tools": ["Filter, sort and compare", "筛选、排序和对比"],
  "caption": ["Runs, one per row. The buttons in the head sort by their column.", "每行一次训练。点表头按钮可按该列排序。"],
  "language": ["中文", "English"],

  "filter": ["Show runs with these words", "只显示含有这些词的训练"],
  "filterHint": ["Filter: words of names, notes, tags, settings", "筛选：名称、备注、标签、设置中的词"],
  "states": ["Show runs in this state", "只显示此状态的训练"],
  "order": ["Sort by", "排序方式"],
  "allStates": ["All states", "全部状态"],
  "ofState": ["{state} ({n})", "{state}（{n}）"],
  "underWay": ["under way", "正在进行"],
  "ended": ["ended", "已结束"],
  "wrong": ["gone wrong", "出了问题"],
  "newest": ["Newest first", "最新的在前"],
  "oldest": ["Oldest first", "最早的在前"],
  "bestTest": ["Best test result first", "测试结果最好的在前"],
  "bestValidation": ["Best validation result first", "验证结果最好的在前"],
  "byName": ["By name", "按名称"],

  "name": ["Run", "训练"],
  "date": ["Date", "日期"],
  "settings": ["Settings", "设置"],
  "losses": ["Loss", "损失"],
  "validation": ["Validation", "验证集"],
  "test": ["Test", "测试集"],
  "state": ["State", "状态"],
  "tick": ["Compare", "对比"],
  "acts": ["Actions", "操作"],

  "inFolder": ["in {dir}", "目录 {dir}"],
  "reading": ["reading…", "读取中……"],
  "shown.1": ["{n} run", "共 {n} 次训练"],
  "shown": ["{n} runs", "共 {n} 次训练"],
  "shownOf": ["{some} of {n} runs", "{n} 次训练中的 {some} 次"],
  "noRuns": ["There is no run in this folder yet. Training writes one here: it appears as soon as it has begun.", "这个目录里还没有训练记录。训练一开始，就会出现在这里。"],
  "noMatch": ["No run has these words.", "没有符合条件的训练。"],
  "unreachable": ["The program that serves this page does not answer. The page tries again.", "提供本页面的程序没有响应，页面会继续重试。"],

  "compareNone": ["Compare", "对比"],
  "compareOne": ["Open the report", "打开报告"],
  "compareMany": ["Compare {n} runs", "对比 {n} 次训练"],
  "compareHint": ["Tick runs in the table to compare them", "在表格中勾选要对比的训练"],
  "untick": ["Untick all", "取消勾选"],
  "tickRun": ["Compare {run}", "对比 {run}"],

  "report": ["Report", "报告"],
  "edit": ["Name", "命名"],
  "delete": ["Delete", "删除"],
  "reportOf": ["Report about {run}", "报告：{run}"],
  "editOf": ["Name {run}", "命名 {run}"],
  "deleteOf": ["Delete {run}", "删除 {run}"],
  "runsOf": ["Show its runs", "查看各次训练"],
  "runsOfHint": ["Show its runs: {study}", "查看各次训练：{study}"],
  "reportOfStudyHint": ["Report about the study {study}", "报告：对比实验 {study}"],
  "begun": ["{some} of {n} runs begun", "{n} 次训练中已开始 {some} 次"],
  "training": ["{n} under way", "{n} 次正在进行"],

  "state.training": ["training", "训练中"],
  "state.completed": ["completed", "已完成"],
  "state.stopped early": ["stopped early", "提前停止"],
  "state.interrupted": ["interrupted", "已中断"],
  "state.diverged": ["diverged", "已发散"],
  "state.killed": ["killed", "被强行终止"],
  "state.damaged": ["damaged", "文件损坏"],
  "epochOf": ["epoch {epoch} of {epochs}", "第 {epoch} 轮，共 {epochs} 轮"],
  "epochs.1": ["{n} epoch", "{n} 轮"],
  "epochs": ["{n} epochs", "{n} 轮"],
  "guesses": ["guesses", "和瞎猜差不多"],
  "seed": ["seed {seed}", "种子 {seed}"],
  "bestEpoch": ["epoch {epoch}", "第 {epoch} 轮"],
  "lastEpoch": ["after epoch {epoch}", "第 {epoch} 轮后"],
  "lossesFrom": ["Training loss from {first} to {last}", "训练损失从 {first} 到 {last}"],
  "tag": ["Show runs with the tag {tag}", "只显示带标签 {tag} 的训练"],
  "on": ["{date} on {host}", "{date}，主机 {host}"],

  "namingTitle": ["Name {run}", "命名 {run}"],
  "note": ["Note", "备注"],
  "tags": ["Tags, with spaces between them", "标签，用空格隔开"],
  "cancel": ["Cancel", "取消"],
  "save": ["Save", "保存"],
  "sureTitle": ["Delete {run}?", "删除 {run}？"],
  "sureText": ["Its folder moves into {dir}/.deleted. It can be moved back from there, and takes its room on the disk until that folder is removed.", "它的目录会移到 {dir}/.deleted，可以再移回来；在删掉那个目录之前，仍占用磁盘空间。"],
  "keep": ["Keep it", "保留"],
  "saved": ["{run} is named.", "{run} 已命名。"],
  "moved": ["{run} is now {done}.", "{run} 已移到 {done}。"],
  "failed": ["Not done: {error}.", "未完成：{error}。"],
};

// The language is that of ?lang, or the browser's.
const languages = ["en", "zh-CN"];
const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language ?? "";
let language = wanted.toLowerCase().startsWith("zh") ? 1 : 0;

// word returns a text with values put in. A key may have a text of its own for n = 1.
function word(key, values = {}) {
  const text = (values.n === 1 && words[`${key}.1`]) || words[key];
  return text[language].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
