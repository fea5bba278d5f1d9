// The words of charts, in English and in Chinese. {name} is replaced by a value. A chart speaks the language of the page,
// document.documentElement.lang, also when that changes.
"use strict";

const charts = {};

charts.words = {
  "kind.test": ["test", "测试"],
  "kind.train": ["training", "训练"],
  "kind.valid": ["validation", "验证"],
  "kind.ema": ["EMA, test", "EMA，测试"],
  "kind.swa": ["SWA, test", "SWA，测试"],
  "kind.ahead": ["ahead", "后续计划"],

  "kinds": ["Kinds of curves", "曲线种类"],
  "runs": ["Runs", "训练"],
  "tools": ["All runs", "全部训练"],
  "views": ["How curves are drawn", "曲线的画法"],
  "all": ["all", "全选"],
  "none": ["none", "全不选"],
  "filter": ["filter", "筛选"],
  "filter.name": ["Show the entries that contain", "只显示含有这些字的条目"],
  "switch": ["click: on or off, double click: only this one", "单击：显示或隐藏；双击：只看这一条"],
  "seeds": ["{n} seeds", "{n} 个种子"],

  "band": ["band", "阴影带"],
  "band.range": ["min to max", "最小到最大"],
  "band.sd": ["± sd", "± 标准差"],
  "band.none": ["no band", "不画"],
  "x": ["x axis", "横轴"],
  "x.epoch": ["epoch", "轮次"],
  "x.step": ["step", "步"],
  "x.time": ["time", "时间"],
  "unit.seconds": ["seconds", "时间（秒）"],
  "unit.minutes": ["minutes", "时间（分钟）"],
  "unit.hours": ["hours", "时间（小时）"],
  "smooth": ["smoothing", "平滑"],
  "smooth.own": ["as set", "默认"],
  "smooth.0": ["none", "无"],
  "smooth.n": ["{n} points", "{n} 个点"],

  "axis.linear": ["linear", "线性"],
  "axis.log": ["log", "对数"],
  "axis.logit": ["logit", "logit"],
  "axis": ["{axis} axis: {title}", "{axis} 纵轴：{title}"],
  "whole": ["whole range", "全部范围"],
  "whole.of": ["whole range: {title}", "全部范围：{title}"],
  "data": ["data", "数据"],
  "data.of": ["data of {title}", "数据：{title}"],
  "data.png": ["PNG picture", "PNG 图片"],
  "data.svg": ["SVG picture", "SVG 图片"],
  "data.csv": ["CSV file", "CSV 文件"],
  "data.table": ["table", "表格"],

  "no numbers": ["no numbers", "还没有数据"],
  "no value": ["none", "无"],
  "by": ["{title} by {x}. At the end: {list}.", "{title}，横轴：{x}。末端：{list}。"],
  "by.more": ["{list}; and more", "{list}；等等"],
  "named": ["{name}, {kind}", "{name}，{kind}"],
  "range": ["{low} to {high}", "{low} 到 {high}"],
  "at": ["at {x}", "在 {x}"],
  "more": ["and {n} more", "还有 {n} 条"],

  "note.mean": ["mean of {n} seeds", "{n} 个种子的平均"],
  "note.means": ["means of up to {n} seeds", "最多 {n} 个种子的平均"],
  "note.line": ["line: {what}", "曲线：{what}"],
  "note.band": ["band: {what}", "阴影带：{what}"],
  "note.single": ["band of a single run: {what}", "单次训练的阴影带：{what}"],
  "note.range": ["min to max over the seeds", "各种子的最小到最大"],
  "note.sd": ["mean ± standard deviation over the seeds", "各种子的平均 ± 标准差"],
  "note.smooth": ["smoothed: means of {n} points, the points themselves pale", "已平滑：{n} 个点的平均，浅色为原始值"],
  "note.smoothed": ["smoothed: means of {n} points", "已平滑：{n} 个点的平均"],
  "note.diverged": ["×: diverged", "×：已发散"],

  "table": ["{title}: {n} points", "{title}：{n} 个点"],
  "table.some": ["{title}: {n} of {all} points", "{title}：{all} 个点中的 {n} 个"],
  "table.left": ["{title}: {n} of {all} points, {some} of {curves} curves", "{title}：{n}/{all} 个点，{some}/{curves} 条曲线"],
};

// say returns the text of a key in the page's language.
charts.say = (key, values = {}) => {
  const text = charts.words[key]?.[document.documentElement.lang.toLowerCase().startsWith("zh") ? 1 : 0];
  if (text === undefined) throw new Error(`charts: no word ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
};

// list joins parts of a sentence.
charts.list = (parts) => parts.join(document.documentElement.lang.toLowerCase().startsWith("zh") ? "；" : "; ");
